package org.pyramidspark.metrics;

import java.io.Serializable;

/**
 * Which rows a report shows whole: the completed ones with the smallest hashes, so that the choice
 * depends on the seed and the rows' ids alone. Rows whose hash reaches {@code bound} are surely not
 * among them, so that nothing is done for nearly all rows.
 *
 * @param size the most rows
 * @param bound a hash, 0 to 1
 */
public record RowSample(int size, double bound) implements Serializable {
  /** No rows. */
  public static final RowSample NONE = new RowSample(0, 0);

  /**
   * @param size the most rows, 0 for none
   * @param totalRows rows of the corpus
   */
  public static RowSample of(int size, long totalRows) {
    // How many of the rows have hashes below is Poisson distributed: fewer than size of them in one
    // run of a billion.
    double expected = size == 0 ? 0 : size + 6 * Math.sqrt(size) + 20;
    return new RowSample(size, expected / totalRows);
  }

  /**
   * @param hash of a row: uniform, 0 to 1
   */
  boolean mayHold(double hash) {
    return hash < bound;
  }
}
