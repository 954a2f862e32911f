package org.pyramidspark.op;

import org.pyramidspark.cache.NativeMemory;
import org.pyramidspark.config.ComputeType;

/** Row kernels in plain Java: what the others are held to. */
final class ScalarRowKernels implements RowKernels {

  @Override
  public void addNorm(
      ComputeType type,
      ComputeType deltaType,
      int width,
      float epsilon,
      long residual,
      long delta,
      long scale,
      long sum,
      long normed) {
    double squares = 0;
    for (int i = 0; i < width; i++) {
      float before = residual == NO_RESIDUAL ? 0 : NativeMemory.floatAt(residual + 4L * i);
      float after = before + Elements.at(deltaType, delta, i);
      NativeMemory.putFloat(sum + 4L * i, after);
      squares += (double) after * after;
    }
    float inverse = (float) (1 / Math.sqrt(squares / width + epsilon));
    for (int i = 0; i < width; i++) {
      float unit = NativeMemory.floatAt(sum + 4L * i) * inverse;
      Elements.put(type, normed, i, unit * NativeMemory.floatAt(scale + 4L * i));
    }
  }

  @Override
  public void swiGlu(ComputeType type, int width, long gate, long up, long target) {
    for (int i = 0; i < width; i++) {
      float x = Elements.at(type, gate, i);
      float sigmoid = (float) (1 / (1 + Math.exp(-x)));
      Elements.put(type, target, i, x * sigmoid * Elements.at(type, up, i));
    }
  }
}
