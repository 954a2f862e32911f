package org.pyramidspark.op;

/**
 * The two products of streamed attention over one page, for a fixed number of query vectors at
 * once, its rows.
 */
interface PageProducts {

  /**
   * Brings query vectors into the form that {@link #scores} takes, in their place; once.
   *
   * @param queries {@code [rows][headSize]}, from {@code query} on
   */
  void prepare(int headSize, float[] queries, int query);

  /**
   * {@code scores[row * stride + entry] = queries[row] . key[entry]} for all entries of a page,
   * filled or not.
   *
   * @param page address of the page
   * @param queries prepared, from {@code query} on
   * @param scores from {@code offset} on
   */
  void scores(
      int headSize, long page, float[] queries, int query, float[] scores, int offset, int stride);

  /**
   * {@code sums[row] += sum over the first entries of probabilities[row][entry] * value[entry]}.
   *
   * @param values address of a page's values
   * @param probabilities {@code [rows][PageLayout.TOKENS]}; may change
   * @param sums of {@link #sumsSize}, from {@code sum} on; in an order of their own, see {@link
   *     #context}
   * @param next address of the page that is read next, which may be fetched meanwhile
   */
  void values(
      int headSize,
      long values,
      int entries,
      float[] probabilities,
      float[] sums,
      int sum,
      long next);

  /**
   * Whether {@link #values} reads the partner of an odd number's last entry, which must then be 0
   * ({@link org.pyramidspark.cache.PageLayout#clearPartner}).
   */
  boolean readsPartners();

  /** Floats that {@link #values} needs for its sums. */
  int sumsSize(int headSize);

  /** Multiplies one row's sums. */
  void scale(int headSize, float[] sums, int sum, int row, float factor);

  /** Copies one row's sums to {@code context}, {@code [headSize]}. */
  void context(int headSize, float[] sums, int sum, int row, float[] context);
}
