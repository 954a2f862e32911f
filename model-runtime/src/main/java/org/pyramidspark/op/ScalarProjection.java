package org.pyramidspark.op;

import org.pyramidspark.cache.NativeMemory;
import org.pyramidspark.config.ComputeType;

/** The product in plain Java: what the other is held to. */
final class ScalarProjection implements ProjectionKernel {
  private final ComputeType type;

  /**
   * @param type of rows and weights
   */
  ScalarProjection(ComputeType type) {
    this.type = type;
  }

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
          float left = Elements.at(type, x, row * inputs + i);
          sum += left * Elements.at(type, weight, output * inputs + i);
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
