package org.pyramidspark.op;

import org.pyramidspark.cache.PageLayout;

/** Moves single heads' vectors between native memory and {@code float[]}, and rotates them. */
interface HeadVectors {

  /**
   * Reads one vector and turns it to its row's original position.
   *
   * @param vector address of a query or key, see {@link ProjectedRows}
   * @param row its packed row
   * @param factor what it is multiplied by
   * @param target {@code [headSize]}
   */
  void rotated(ProjectedRows rows, long vector, int row, float factor, float[] target);

  /** Reads one vector. */
  void read(ProjectedRows rows, long vector, float[] target);

  /** Writes one vector times a factor, rounded to the context's type. */
  void write(float[] vector, float factor, ContextRows context, long target);

  /** Stores a key, rounded to the layout's type; the array is free to change. */
  void putKey(PageLayout layout, long page, int entry, float[] key);

  /** Stores a value, rounded to the layout's type; the array is free to change. */
  void putValue(PageLayout layout, long page, int entry, float[] value);

  /**
   * Widens a page's keys.
   *
   * @param target {@code [headSize][PageLayout.TOKENS]}
   */
  void keys(PageLayout layout, long page, float[] target);

  /**
   * Widens a page's first values.
   *
   * @param target {@code [entries][stride]}, with room for one entry more if their number is odd
   */
  void values(PageLayout layout, long page, int entries, float[] target, int stride);

  /**
   * Rounds to bfloat16 and stores two by two: {@code source[even + i]} in the lower half of the
   * i-th int, {@code source[odd + i]} in the upper one.
   */
  void putPairs(float[] source, int even, int odd, int count, long target);
}
