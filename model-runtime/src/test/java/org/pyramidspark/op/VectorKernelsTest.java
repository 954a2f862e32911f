package org.pyramidspark.op;

import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.condition.EnabledIf;
import org.pyramidspark.machinecode.Processor;

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
      return new VectorKernels(128, ProductCode.NONE);
    }
  }

  @Nested
  @EnabledIf("org.pyramidspark.op.VectorKernelsTest#has256Bits")
  class Of256Bits extends CacheKernelsContract {
    @Override
    CacheKernels kernels() {
      return new VectorKernels(256, ProductCode.NONE);
    }
  }

  @Nested
  @EnabledIf("org.pyramidspark.op.VectorKernelsTest#has512Bits")
  class Of512Bits extends CacheKernelsContract {
    @Override
    CacheKernels kernels() {
      return new VectorKernels(512, ProductCode.NONE);
    }
  }

  @Nested
  @EnabledIf("org.pyramidspark.op.ProjectionKernelTest#has256Bits")
  class WithAvx2 extends CacheKernelsContract {
    @Override
    CacheKernels kernels() {
      return new VectorKernels(256, ProductCode.AVX2);
    }
  }

  @Nested
  @EnabledIf("org.pyramidspark.op.ProjectionKernelTest#has512Bits")
  class WithAvx512 extends CacheKernelsContract {
    @Override
    CacheKernels kernels() {
      return new VectorKernels(512, ProductCode.AVX512);
    }
  }

  static boolean hasBfloat16Dots() {
    return Processor.detect().bfloat16Dots();
  }

  @Nested
  @EnabledIf("org.pyramidspark.op.VectorKernelsTest#hasBfloat16Dots")
  class WithBfloat16Dots extends CacheKernelsContract {
    @Override
    CacheKernels kernels() {
      return new VectorKernels(512, ProductCode.BFLOAT16_DOTS);
    }

    @Override
    boolean multipliesBfloat16() {
      return true;
    }
  }
}
