package org.pyramidspark.op;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.condition.EnabledIf;

/** All widths that the machine has, as {@link VectorKernelsTest}. */
class VectorRowKernelsTest {

  @Nested
  class Of128Bits extends RowKernelsContract {
    @Override
    RowKernels kernels() {
      return new VectorRowKernels(128);
    }
  }

  @Nested
  @EnabledIf("org.pyramidspark.op.VectorKernelsTest#has256Bits")
  class Of256Bits extends RowKernelsContract {
    @Override
    RowKernels kernels() {
      return new VectorRowKernels(256);
    }
  }

  @Nested
  @EnabledIf("org.pyramidspark.op.VectorKernelsTest#has512Bits")
  class Of512Bits extends RowKernelsContract {
    @Override
    RowKernels kernels() {
      return new VectorRowKernels(512);
    }
  }
}
