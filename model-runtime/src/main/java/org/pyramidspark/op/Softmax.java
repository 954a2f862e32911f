package org.pyramidspark.op;

/**
 * Softmax in powers of two: scores come multiplied by log2(e). A row's probabilities are kept relative
 * to a reference above all its scores, unnormalised, with their sum.
 *
 * <p>Tiles are {@code [entry][LANES]} with lanes as queries ({@link TileProduct#LANES}); state by lane
 * ({@code references}, {@code sums}, {@code visible}) begins at {@code lane} in its array.
 */
interface Softmax {

  /** What queries are multiplied by: attention's 1 / sqrt(head size), and log2(e). */
  static float scale(int headSize) {
    return (float) (1 / (Math.sqrt(headSize) * Math.log(2)));
  }

  /** Hides the entries from {@code first + from} on that a lane does not see: score -infinity. */
  void mask(float[] tile, int from, int entries, int first, float[] visible, int lane);

  /**
   * Probabilities of one tile, added to the sums; or nothing, if a score has reached its lane's
   * reference.
   *
   * @return whether it was done
   */
  boolean probabilities(
      float[] tile,
      int entries,
      float[] references,
      float[] sums,
      int lane,
      float[] probabilities,
      int offset);

  /**
   * Lifts the references that the tile's scores have reached, and scales what is relative to them.
   *
   * @param context {@code [rows][LANES]}, from {@code offset} on
   */
  void raise(
      float[] tile,
      int entries,
      float[] references,
      float[] sums,
      int lane,
      float[] context,
      int rows,
      int offset);

  /**
   * By what a tile's probabilities are to be multiplied: {@code weight * 2^(then - reference) / sum}.
   *
   * @param then references when the tile was computed, from {@code offset} on; replaced by the result
   * @param weights {@code [LANES]}
   */
  void coefficients(
      float[] then, int offset, float[] references, float[] sums, int lane, float[] weights);

  /**
   * Adds each entry's probabilities times coefficients, over all lanes, to that entry's partial sums.
   *
   * @param probabilities {@code [entries][LANES]}, from {@code offset} on
   * @param partials {@code [entries][PARTIALS]}, from {@code target} on
   */
  void addWeighted(
      float[] probabilities,
      int offset,
      int entries,
      float[] coefficients,
      int lane,
      float[] partials,
      int target);

  /** Partial sums of an entry in {@link #addWeighted}, of which few vectors use all. */
  int PARTIALS = 16;

  /**
   * Softmax of a whole row, in place.
   *
   * @param count a multiple of {@value #PARTIALS}; hidden entries have score -infinity
   * @return the sum to divide by
   */
  float row(float[] scores, int offset, int count);

  /** {@code target[i] += factor * source[offset + i]}. */
  void addScaled(float[] source, int offset, int count, float factor, float[] target);
}
