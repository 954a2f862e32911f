package org.pyramidspark.op;

/** The one matrix product of tiled attention. */
interface TileProduct {
  /**
   * Query vectors, by lane, that are worked on at once: a multiple of three vectors of any width.
   */
  int LANES = 48;

  /** The rows of a product are a multiple of this. */
  int ROWS = 8;

  /** Rows that a product takes for so many. */
  static int padded(int rows) {
    return Math.ceilDiv(rows, ROWS) * ROWS;
  }

  /**
   * {@code c[row][lane] = sum over i < depth of a[i][row] * b[i][lane]} for {@value #LANES} lanes.
   *
   * @param a {@code [depth][aStride]}, of which the first {@code rows} columns are taken
   * @param rows rows of c, a multiple of {@value #ROWS}
   * @param b {@code [depth][LANES]}, from {@code bOffset} on
   * @param c {@code [rows][LANES]}, from {@code cOffset} on
   * @param add whether c is added to rather than overwritten
   */
  void multiply(
      float[] a,
      int aStride,
      int rows,
      float[] b,
      int bOffset,
      int depth,
      float[] c,
      int cOffset,
      boolean add);
}
