package org.pyramidspark.op;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.condition.EnabledIf;
import org.pyramidspark.machinecode.Processor;

/** The kernels that may be chosen on this machine. */
class PolicyContractTest {

  @Nested
  class Scalar extends PolicyContract {
    @Override
    CacheKernels kernels() {
      return new ScalarKernels();
    }
  }

  /** With the machine code that the processor has. */
  @Nested
  class Vector extends PolicyContract {
    @Override
    CacheKernels kernels() {
      return new VectorKernels();
    }

    @Override
    boolean multipliesBfloat16() {
      return Processor.detect().bfloat16Dots();
    }
  }

  @Nested
  @EnabledIf("org.pyramidspark.op.VectorKernelsTest#has256Bits")
  class WithoutMachineCode extends PolicyContract {
    @Override
    CacheKernels kernels() {
      return new VectorKernels(256, ProductCode.NONE);
    }
  }
}
