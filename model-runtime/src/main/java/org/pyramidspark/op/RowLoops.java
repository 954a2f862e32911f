package org.pyramidspark.op;

/** {@link RowKernels} of one element type. */
interface RowLoops {

  /** See {@link RowKernels#addNorm}. */
  void addNorm(
      int width, float epsilon, long residual, long delta, long scale, long sum, long normed);

  /** See {@link RowKernels#swiGlu}. */
  void swiGlu(int width, long gate, long up, long target);
}
