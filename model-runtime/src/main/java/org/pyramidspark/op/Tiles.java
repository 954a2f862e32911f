package org.pyramidspark.op;

/**
 * The operands and the two products of tiled attention: blocks of query vectors, {@link
 * TileProduct#LANES} lanes each, against one page of the cache at a time. Of one thread.
 */
sealed interface Tiles permits FloatTiles, DotTiles {

  /** Puts a query vector, rotated and scaled, into a lane. */
  void putQuery(int block, int lane, float[] query);

  /**
   * The page that the products take until the next call.
   *
   * @param address of the page
   * @param entries how many of it are filled
   */
  void open(long address, int entries);

  /**
   * {@code scores[entry][lane] = key[entry] . query[lane]}.
   *
   * @param entries a multiple of {@link TileProduct#ROWS}
   */
  void scores(int block, int entries, float[] scores);

  /**
   * What makes probabilities of scores, in the form that {@link #addContext} takes.
   *
   * @param kept whether they are wanted as floats too
   */
  TileSoftmax softmax(boolean kept);

  /**
   * {@code context[dim][lane] += sum over entries of value[entry][dim] * probability[entry][lane]},
   * with the probabilities that {@link #softmax} made last.
   *
   * @param probabilities from {@code offset} on
   * @param context from {@code target} on
   */
  void addContext(int entries, float[] probabilities, int offset, float[] context, int target);
}
