package org.pyramidspark.op;

import org.pyramidspark.config.ComputeType;

/**
 * The arithmetic between the MatMuls, one row at a time in one pass over memory. Spelt in
 * TensorFlow's elementwise ops each of these would be several passes, as costly as a MatMul. Rows
 * are addresses in native memory. Thread-safe.
 */
sealed interface RowKernels permits ScalarRowKernels, VectorRowKernels {

  /**
   * Adds to the residual stream and normalises: {@code sum = residual + delta}, {@code normed = sum
   * / sqrt(mean(sum^2) + epsilon) * scale} (RMSNorm, arXiv 1910.07467).
   *
   * @param type element type of {@code normed}
   * @param deltaType element type of {@code delta}: {@code type} or float32
   * @param width elements of each row
   * @param residual float32, or {@link #NO_RESIDUAL} for zeros
   * @param delta what is added
   * @param scale float32
   * @param sum float32; may be {@code residual}
   * @param normed may not overlap the others
   */
  void addNorm(
      ComputeType type,
      ComputeType deltaType,
      int width,
      float epsilon,
      long residual,
      long delta,
      long scale,
      long sum,
      long normed);

  /** In place of a residual's address. */
  long NO_RESIDUAL = 0;

  /**
   * SwiGLU (arXiv 2002.05202): {@code target = gate * sigmoid(gate) * up}.
   *
   * @param type element type of all
   * @param width elements of each
   */
  void swiGlu(ComputeType type, int width, long gate, long up, long target);
}
