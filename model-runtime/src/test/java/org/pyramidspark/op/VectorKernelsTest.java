package org.pyramidspark.op;

import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.condition.EnabledIf;

/** All widths that the machine has; vectors of others would be objects, and take minutes. */
class VectorKernelsTest {

  static boolean has256Bits() {
    return FloatVector.SPECIES_PREFERRED.vectorBitSize() >= 256;
  }

  static boolean has512Bits() {
    return FloatVector.SPECIES_PREFERRED.vectorBitSize() >= 512;
  }

  @Nested
  class Of128Bits extends CacheKernelsContract {
    @Override
    CacheKernels kernels() {
      return new VectorKernels(128);
    }
  }

  @Nested
  @EnabledIf("org.pyramidspark.op.VectorKernelsTest#has256Bits")
  class Of256Bits extends CacheKernelsContract {
    @Override
    CacheKernels kernels() {
      return new VectorKernels(256);
    }
  }

  @Nested
  @EnabledIf("org.pyramidspark.op.VectorKernelsTest#has512Bits")
  class Of512Bits extends CacheKernelsContract {
    @Override
    CacheKernels kernels() {
      return new VectorKernels(512);
    }
  }
}
