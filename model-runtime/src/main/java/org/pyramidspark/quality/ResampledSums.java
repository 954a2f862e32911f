package org.pyramidspark.quality;

import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Sums of rows' values over bootstrap resamples. Sums of parts add up to the whole's, bit for bit
 * in any order, since values are added as whole numbers of 2^-32: as long as no sum reaches 2^31,
 * which takes as many rows of scores up to 1, or some hundred million of a few nats. Not
 * thread-safe.
 */
public final class ResampledSums implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final double UNIT = 0x1p-32;

  private final long[] weights;
  private final long[] sums;
  private long rows;
  private long weight;
  private long sum;

  /**
   * @param resamples how many; at least 1
   */
  public ResampledSums(int resamples) {
    this.weights = new long[resamples];
    this.sums = new long[resamples];
  }

  /**
   * Adds a row.
   *
   * @param value finite, such as a score from 0 to 1, or nats
   * @param draws how often each resample draws the row
   */
  public void add(double value, int[] draws) {
    add(value, 1, draws);
  }

  /**
   * Adds a row that counts as several, such as a text with so many tokens.
   *
   * @param value finite: the mean over its parts
   * @param parts at least 1
   * @param draws how often each resample draws the row, with all its parts
   */
  public void add(double value, int parts, int[] draws) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("A row's value is " + value);
    }
    long units = Math.round(value * parts / UNIT);
    rows++;
    weight += parts;
    sum += units;
    for (int i = 0; i < sums.length; i++) {
      weights[i] += (long) draws[i] * parts;
      sums[i] += draws[i] * units;
    }
  }

  /** Adds other rows' sums, over as many resamples. */
  public void add(ResampledSums other) {
    rows += other.rows;
    weight += other.weight;
    sum += other.sum;
    for (int i = 0; i < sums.length; i++) {
      weights[i] += other.weights[i];
      sums[i] += other.sums[i];
    }
  }

  /** Rows that were added. */
  public long rows() {
    return rows;
  }

  /** Parts of these rows. */
  public long parts() {
    return weight;
  }

  /** The mean over all parts with its 95 % percentile interval; there must be a row. */
  public Estimate estimate() {
    double[] means = means(sums);
    return new Estimate(rows, mean(sum), quantile(means, 0.025), quantile(means, 0.975));
  }

  /**
   * How much higher the mean is than that of other values of the same rows, resampled in pairs.
   *
   * @param against sums of these values
   */
  public PairedDifference minus(ResampledSums against) {
    double[] means =
        means(IntStream.range(0, sums.length).mapToLong(i -> sums[i] - against.sums[i]).toArray());
    return new PairedDifference(
        mean(sum - against.sum), quantile(means, 0.025), quantile(means, 0.975), pValue(means));
  }

  private double mean(long total) {
    return total * UNIT / weight;
  }

  /** Ascending; a resample that draws no row has none. */
  private double[] means(long[] totals) {
    return IntStream.range(0, totals.length)
        .filter(i -> weights[i] > 0)
        .mapToDouble(i -> totals[i] * UNIT / weights[i])
        .sorted()
        .toArray();
  }

  /** Between neighbours in proportion, as R and NumPy do by default. */
  private static double quantile(double[] sorted, double share) {
    if (sorted.length == 0) {
      return Double.NaN;
    }
    double position = share * (sorted.length - 1);
    int below = (int) position;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }

  /**
   * Two-sided: twice the share of the resamples on the rarer side of no difference, where the data
   * count as one more resample, so that it is never 0 (Davison and Hinkley 1997, section 4.2).
   */
  private static double pValue(double[] differences) {
    long low = Arrays.stream(differences).filter(difference -> difference <= 0).count();
    long high = Arrays.stream(differences).filter(difference -> difference >= 0).count();
    return Math.min(1, 2.0 * (Math.min(low, high) + 1) / (differences.length + 1));
  }
}
