package org.pyramidspark.comparison;

import java.io.Serializable;

/**
 * A mean over rows of something that is at least 0, and how sure it is, from sums that can be
 * merged. Not thread-safe.
 */
final class RowMean implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Standard errors on each side of a 95 % interval of a normal distribution. */
  private static final double ERRORS = 1.96;

  private final double most;
  private long rows;
  private double sum;
  private double squares;

  /**
   * @param most that a row may have
   */
  RowMean(double most) {
    this.most = most;
  }

  void add(double value) {
    rows++;
    sum += value;
    squares += value * value;
  }

  void add(RowMean other) {
    rows += other.rows;
    sum += other.sum;
    squares += other.squares;
  }

  /** The mean; the interval is null with fewer than two rows. */
  ComparisonReport.Mean figure() {
    double mean = sum / rows;
    if (rows < 2) {
      return new ComparisonReport.Mean(mean, null, null);
    }
    double variance = Math.max(0, (squares - sum * mean) / (rows - 1));
    double reach = ERRORS * Math.sqrt(variance / rows);
    return new ComparisonReport.Mean(mean, Math.max(0, mean - reach), Math.min(most, mean + reach));
  }
}
