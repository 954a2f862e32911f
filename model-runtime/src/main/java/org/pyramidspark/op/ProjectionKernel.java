package org.pyramidspark.op;

/**
 * The product of rows with a weight, of one element type, summed in float32: {@code y = x *
 * transpose(weight)}. What a row gives does not depend on the other rows, bit for bit. Thread-safe.
 */
sealed interface ProjectionKernel permits ScalarProjection, MachineProjection, PanelProjection {

  /** How weights lie. */
  WeightLayout layout();

  /** Whether it takes many rows faster than TensorFlow does, not only few. */
  boolean takesManyRows();

  /** Outputs are computed so many at a time. */
  int outputsTogether();

  /** A weight has a multiple of so many outputs. */
  int outputs();

  /** Inputs are read so many at a time; a weight has a multiple of it. */
  int inputs();

  /**
   * Some outputs of some rows.
   *
   * @param outputs a multiple of {@link #outputs()}
   * @param weight address of the first output's weights; the first output is a multiple of {@link
   *     #outputsTogether()}
   * @param x address of the rows, {@code [rows, inputs]}
   * @param y address of the first output in the first row
   * @param yStride bytes from one row of y to the next
   * @param rounded whether y is bfloat16 rather than float32
   */
  record Product(
      int rows,
      int inputs,
      int outputs,
      long weight,
      long x,
      long y,
      long yStride,
      boolean rounded) {}

  /** Computes a product. */
  void project(Product product, KernelScratch scratch);
}
