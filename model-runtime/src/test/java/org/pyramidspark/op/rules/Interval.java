package org.pyramidspark.op.rules;

/**
 * Between which numbers a score lies that was computed with rounding.
 *
 * @param low at least this
 * @param high at most this
 */
public record Interval(double low, double high) {
  /** Nothing was added yet. */
  public static final Interval ZERO = new Interval(0, 0);

  /** A number that is exact. */
  public static Interval exactly(double value) {
    return new Interval(value, value);
  }

  /** A positive number with a relative error. */
  public static Interval near(double value, double relativeError) {
    return new Interval(value * (1 - relativeError), value * (1 + relativeError));
  }

  Interval plus(Interval other) {
    return new Interval(low + other.low, high + other.high);
  }

  /** By a factor of at least 0. */
  Interval times(double factor) {
    return new Interval(low * factor, high * factor);
  }

  Interval max(Interval other) {
    return new Interval(Math.max(low, other.low), Math.max(high, other.high));
  }

  /** The number without rounding, where there is one. */
  double middle() {
    return (low + high) / 2;
  }
}
