package org.pyramidspark.op.rules;

/**
 * A score, and between which numbers it lies where it was computed with rounding.
 *
 * @param low at least this
 * @param unrounded the score itself
 * @param high at most this
 */
public record Interval(double low, double unrounded, double high) {
  /** Nothing was added yet. */
  public static final Interval ZERO = exactly(0);

  /** A number that is exact. */
  public static Interval exactly(double value) {
    return new Interval(value, value, value);
  }

  /** A positive number with a relative error. */
  public static Interval near(double value, double relativeError) {
    return new Interval(value * (1 - relativeError), value, value * (1 + relativeError));
  }

  Interval plus(Interval other) {
    return new Interval(low + other.low, unrounded + other.unrounded, high + other.high);
  }

  /** By a factor of at least 0. */
  Interval times(double factor) {
    return new Interval(low * factor, unrounded * factor, high * factor);
  }

  Interval max(Interval other) {
    return new Interval(
        Math.max(low, other.low), Math.max(unrounded, other.unrounded), Math.max(high, other.high));
  }
}
