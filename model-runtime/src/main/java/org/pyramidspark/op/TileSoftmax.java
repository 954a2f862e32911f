package org.pyramidspark.op;

/** The step of {@link Softmax} between the two products of a tile: most of its work. */
interface TileSoftmax {

  /**
   * Probabilities of one tile, added to the sums; or nothing, if a score has reached its lane's
   * reference.
   *
   * @param tile scores, {@code [entries][LANES]}, and room for one entry more, which may change
   * @param probabilities {@code [entries][LANES]}, from {@code offset} on, and room for one entry
   *     more where their number is odd; may stay as they are where {@link Tiles} does not need them
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
}
