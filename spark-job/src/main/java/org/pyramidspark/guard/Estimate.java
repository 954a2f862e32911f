package org.pyramidspark.guard;

import java.io.Serializable;
import java.util.Locale;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * A mean over sampled rows with its interval. Immutable; estimates of other rows add up.
 *
 * @param rows how many
 * @param sum of their values
 * @param squares sum of their squares
 */
public record Estimate(long rows, double sum, double squares) implements Serializable {
  /** Nothing seen. */
  public static final Estimate NONE = new Estimate(0, 0, 0);

  private static final double CONFIDENCE = 0.95;

  /** With one more row. */
  public Estimate plus(double value) {
    return new Estimate(rows + 1, sum + value, squares + value * value);
  }

  /** Of both. */
  public Estimate plus(Estimate other) {
    return new Estimate(rows + other.rows, sum + other.sum, squares + other.squares);
  }

  /** The mean; 0 of nothing. */
  public double mean() {
    return rows == 0 ? 0 : sum / rows;
  }

  /**
   * Half the width of the two-sided 95 % interval of the mean, by Student's t; without end for
   * fewer than two rows.
   */
  public double halfWidth() {
    if (rows < 2) {
      return Double.POSITIVE_INFINITY;
    }
    double variance = Math.max(0, squares - sum * sum / rows) / (rows - 1);
    double quantile =
        new TDistribution(null, rows - 1.0).inverseCumulativeProbability((1 + CONFIDENCE) / 2);
    return quantile * Math.sqrt(variance / rows);
  }

  /** The interval's lower end. */
  public double low() {
    return mean() - halfWidth();
  }

  /** The interval's upper end. */
  public double high() {
    return mean() + halfWidth();
  }

  /** For people: the mean and its interval, {@code 0.123 (0.080 to 0.166)}. */
  @Override
  public String toString() {
    return rows < 2
        ? String.format(Locale.ROOT, "%.3f", mean())
        : String.format(Locale.ROOT, "%.3f (%.3f to %.3f)", mean(), low(), high());
  }
}
