package org.pyramidspark.metrics;

import java.io.Serializable;

/**
 * Which rows a report shows whole: the completed ones that come first by rank. That is a hash, 0 to
 * 1, so that the choice depends on the seed and the rows' ids alone; less 1 for rows that a guard
 * has tried, of which there is more to show. Rows whose rank reaches {@code bound} are surely not
 * among them, so that nothing is done for nearly all rows.
 *
 * @param size the most rows
 * @param bound a rank, 0 to 1
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
   * @param rank of a row
   */
  boolean mayHold(double rank) {
    return size > 0 && rank < bound;
  }
}
