package org.pyramidspark.op;

/**
 * The product of few rows with a weight, of one element type, summed in float32: {@code y = x *
 * transpose(weight)}. What a row gives does not depend on the other rows, bit for bit. Thread-safe.
 */
sealed interface ProjectionKernel permits ScalarProjection, MachineProjection {

  /** Outputs are computed so many at a time; a weight has a multiple of it. */
  int OUTPUTS = 8;

  /** Inputs are read so many at a time; a weight has a multiple of it. */
  int INPUTS = 32;

  /**
   * Computes some outputs of all rows.
   *
   * @param weight address of the first output's weights, {@code [outputs, inputs]}
   * @param x address of the rows, {@code [rows, inputs]}
   * @param y address of the first output in the first row
   * @param yStride bytes from one row of y to the next
   * @param rounded whether y is bfloat16 rather than float32
   */
  void project(
      int rows,
      int inputs,
      int outputs,
      long weight,
      long x,
      long y,
      long yStride,
      boolean rounded);
}
