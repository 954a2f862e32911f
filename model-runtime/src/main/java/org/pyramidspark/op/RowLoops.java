package org.pyramidspark.op;

import org.pyramidspark.config.ComputeType;

/** {@link RowKernels} of one element type. */
interface RowLoops {

  /** See {@link RowKernels#addNorm}. */
  void addNorm(
      ComputeType deltaType,
      int width,
      float epsilon,
      long residual,
      long delta,
      long scale,
      long sum,
      long normed);

  /** See {@link RowKernels#swiGlu}. */
  void swiGlu(int width, long gate, long up, long target);
}
