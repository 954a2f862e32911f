package org.pyramidspark.op;

class ScalarKernelsTest extends CacheKernelsContract {

  @Override
  CacheKernels kernels() {
    return new ScalarKernels();
  }
}
