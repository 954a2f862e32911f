package org.pyramidspark.metrics;

import java.io.Serializable;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * A mergeable distribution of times, exact to 0.1 %, from a microsecond up. Not thread-safe.
 *
 * <p>HdrHistogram, since the sketches that come with Spark are not serializable and err by up to 2
 * % in rank.
 */
public final class Latency implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Histogram micros = new Histogram(3);

  void add(long nanos) {
    micros.recordValue(TimeUnit.NANOSECONDS.toMicros(Math.max(0, nanos)));
  }

  void add(Latency other) {
    micros.add(other.micros);
  }

  /** Number of times. */
  public long count() {
    return micros.getTotalCount();
  }

  /** The time that a share of the rows did not exceed, in seconds; 0 without rows. */
  public double quantileSeconds(double share) {
    return count() == 0 ? 0 : micros.getValueAtPercentile(100 * share) / 1e6;
  }

  /** Mean in seconds; 0 without rows. */
  public double meanSeconds() {
    return count() == 0 ? 0 : micros.getMean() / 1e6;
  }
}
