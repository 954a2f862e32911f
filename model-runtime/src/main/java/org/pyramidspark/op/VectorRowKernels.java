package org.pyramidspark.op;

import jdk.incubator.vector.FloatVector;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.KvType;

/** Row kernels in the Vector API, with the widest vectors that the machine has. */
final class VectorRowKernels implements RowKernels {
  private final RowLoops float32;
  private final RowLoops bfloat16;

  VectorRowKernels() {
    this(Math.clamp(FloatVector.SPECIES_PREFERRED.vectorBitSize(), 128, 512));
  }

  /**
   * With vectors of a width.
   *
   * @param vectorBits 128, 256 or 512
   */
  VectorRowKernels(int vectorBits) {
    float32 = loops(vectorBits, KvType.FLOAT32);
    bfloat16 = loops(vectorBits, KvType.BFLOAT16);
  }

  private static RowLoops loops(int vectorBits, KvType type) {
    return new Specialization(vectorBits, type, 1).load(RowLoops.class, VectorRowLoops.class);
  }

  private RowLoops loops(ComputeType type) {
    return switch (type) {
      case FLOAT32 -> float32;
      case BFLOAT16 -> bfloat16;
    };
  }

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
    loops(type).addNorm(deltaType, width, epsilon, residual, delta, scale, sum, normed);
  }

  @Override
  public void swiGlu(ComputeType type, int width, long gate, long up, long target) {
    loops(type).swiGlu(width, gate, up, target);
  }
}
