package org.pyramidspark.op;

import org.pyramidspark.cache.NativeMemory;

/** The product in plain Java: what the other is held to. */
final class ScalarProjection implements ProjectionKernel {

  @Override
  public void project(
      int rows,
      int inputs,
      int outputs,
      long weight,
      long x,
      long y,
      long yStride,
      boolean rounded) {
    for (int row = 0; row < rows; row++) {
      for (int output = 0; output < outputs; output++) {
        float sum = 0;
        for (int i = 0; i < inputs; i++) {
          float left = NativeMemory.bfloat16At(x + 2L * ((long) row * inputs + i));
          sum += left * NativeMemory.bfloat16At(weight + 2L * ((long) output * inputs + i));
        }
        if (rounded) {
          NativeMemory.putBfloat16(y + row * yStride + 2L * output, sum);
        } else {
          NativeMemory.putFloat(y + row * yStride + 4L * output, sum);
        }
      }
    }
  }
}
