package org.pyramidspark.op;

class ScalarRowKernelsTest extends RowKernelsContract {
  @Override
  RowKernels kernels() {
    return new ScalarRowKernels();
  }
}
