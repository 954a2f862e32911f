package org.pyramidspark.op;

import org.pyramidspark.cache.LayerCache;

/**
 * The two products of decode attention over the pages of one KV head, for a fixed number of query
 * vectors at once, its rows.
 */
interface PageProducts {

  /**
   * {@code scores[row * stride + entry] = queries[row] . key[entry]} for all entries of the pages {@code
   * [fromPage, toPage)}, whether filled or not.
   *
   * @param queries {@code [rows][headSize]}, from {@code query} on
   * @param scores from {@code offset} on
   */
  void scores(
      LayerCache cache,
      int kvHead,
      int fromPage,
      int toPage,
      float[] queries,
      int query,
      float[] scores,
      int offset,
      int stride);

  /**
   * {@code sums[row] += probabilities[row * stride + entry] * value[entry]} for the entries of the pages
   * {@code [fromPage, toPage)}, below {@code entries}.
   *
   * @param sums of {@link #sumsSize}, from {@code sum} on; in an order of their own, see {@link #context}
   */
  void values(
      LayerCache cache,
      int kvHead,
      int fromPage,
      int toPage,
      int entries,
      float[] probabilities,
      int offset,
      int stride,
      float[] sums,
      int sum);

  /** Floats that {@link #values} needs for its sums. */
  int sumsSize(int headSize);

  /** Copies one row's sums to {@code context}, {@code [headSize]}. */
  void context(float[] sums, int sum, int row, float[] context, int headSize);
}
