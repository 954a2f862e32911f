package org.pyramidspark.cache;

/**
 * How the rows of one layer are scored: by the attention that the last ones pay them.
 *
 * @param rows R: last rows whose attention counts; they may be scored themselves
 * @param distanceWeight weight of the newest of them, the oldest has 1; the others lie between
 * @param statistic what is summed up of their attention
 * @param valueNorm whether a head's sum is multiplied by the norm of the row's value in that head:
 *     what attention adds to the result, not only how often it looks
 * @param smoothing over neighbours, after that, where a cache's entries are chosen
 * @param rowSmoothing the same where the rows are chosen that go on
 * @param kept whether every entry's sum stays with the cache, for generated tokens to add to
 */
public record Observation(
    int rows,
    double distanceWeight,
    Statistic statistic,
    boolean valueNorm,
    Smoothing smoothing,
    Smoothing rowSmoothing,
    boolean kept) {

  /** With one smoothing for entries and rows. */
  public Observation(
      int rows,
      double distanceWeight,
      Statistic statistic,
      boolean valueNorm,
      Smoothing smoothing,
      boolean kept) {
    this(rows, distanceWeight, statistic, valueNorm, smoothing, smoothing, kept);
  }

  /** What is summed up of the probabilities A after softmax. */
  public enum Statistic {
    /** A itself. */
    ATTENTION,
    /** How often A is at least what it would be if all visible rows had the same. */
    PERSISTENCE
  }

  /**
   * What a row's score becomes by its neighbours' in the same layer.
   *
   * @param width how many rows, the row itself in the middle; odd, 1 for none
   * @param pooling what is taken of them; at the ends there are fewer
   */
  public record Smoothing(int width, Pooling pooling) {
    /** Every row by itself. */
    public static final Smoothing NONE = new Smoothing(1, Pooling.MEAN);

    /** What is taken of neighbouring scores. */
    public enum Pooling {
      MEAN,
      MAX
    }

    /** Over {@code width} neighbours, or one more where it is even. */
    public static Smoothing ofAtLeast(int width, Pooling pooling) {
      return new Smoothing(width | 1, pooling);
    }

    public Smoothing {
      if (width < 1 || width % 2 == 0) {
        throw new IllegalArgumentException("Width " + width + " has no middle.");
      }
    }
  }

  /** Nothing is scored. */
  public static final Observation NONE = attention(0, 1);

  /** The weighted sum of attention. */
  public static Observation attention(int rows, double distanceWeight) {
    return new Observation(rows, distanceWeight, Statistic.ATTENTION, false, Smoothing.NONE, false);
  }

  /** Weight of observed row i, linspace(1, distanceWeight, R). */
  public float weight(int observedRow) {
    return linspace(distanceWeight, observedRow, rows);
  }

  /** Point i of {@code points} evenly spaced from 1 to {@code last}; 1 where there is just one. */
  static float linspace(double last, int i, int points) {
    return points == 1 ? 1f : (float) (1 + (last - 1) * i / (points - 1));
  }
}
