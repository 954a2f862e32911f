package org.pyramidspark.op;

/**
 * Softmax online, in powers of two: scores come multiplied by log2(e). A query's probabilities are
 * kept relative to a reference above its scores so far, unnormalised, with their sum.
 *
 * <p>Tiles hold many queries: {@code [entry][LANES]} with lanes as queries ({@link
 * TileProduct#LANES}); state by lane ({@code references}, {@code sums}, {@code visible}) begins at
 * {@code lane} in its array. Pages hold one query's entries in order.
 */
interface Softmax extends TileSoftmax {

  /** What queries are multiplied by: attention's 1 / sqrt(head size), and log2(e). */
  static float scale(int headSize) {
    return (float) (1 / (Math.sqrt(headSize) * Math.log(2)));
  }

  /** Hides the entries from {@code first + from} on that a lane does not see: score -infinity. */
  void mask(float[] tile, int from, int entries, int first, float[] visible, int lane);

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
   * By what a tile's probabilities are to be multiplied: {@code weight * 2^(then - reference) /
   * sum}.
   *
   * @param then references when the tile was computed, from {@code offset} on; replaced by the
   *     result
   * @param weights {@code [LANES]}
   */
  void coefficients(
      float[] then, int offset, float[] references, float[] sums, int lane, float[] weights);

  /**
   * Adds each entry's probabilities times coefficients, over all lanes, to that entry's partial
   * sums.
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

  /**
   * Adds to each entry's partial sums the weights of the lanes whose probabilities times
   * coefficients are at least 1; arguments as of {@link #addWeighted}.
   *
   * @param weights {@code [LANES]}
   */
  void addCounted(
      float[] probabilities,
      int offset,
      int entries,
      float[] coefficients,
      int lane,
      float[] weights,
      float[] partials,
      int target);

  /** Partial sums of one number: the lanes of the widest vector; narrower ones use the first. */
  int PARTIALS = 16;

  /**
   * Probabilities of one row's page, added to the row's partial sums; or nothing, if a score has
   * reached the reference.
   *
   * @param scores {@code [PageLayout.TOKENS]}, from {@code offset} on
   * @param probabilities {@code [PageLayout.TOKENS]}, from {@code target} on
   * @param partials {@code [PARTIALS]}, from {@code partial} on
   * @return whether it was done
   */
  boolean page(
      float[] scores,
      int offset,
      float reference,
      float[] probabilities,
      int target,
      float[] partials,
      int partial);

  /** A reference above all scores of a page. */
  float reference(float[] scores, int offset);

  /** {@code 2^x} of negative x. */
  float power(float x);

  /**
   * {@code target[i] += factor * 2^(scores[offset + i] - reference)}.
   *
   * @param scores readable for a vector more than {@code count}
   * @param powers room for as many
   */
  void addPowers(
      float[] scores,
      int offset,
      int count,
      float reference,
      float factor,
      float[] powers,
      float[] target);
}
