package org.pyramidspark.metrics;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * A mergeable distribution of times, exact to 0.1 %, from a microsecond up. Not thread-safe.
 *
 * <p>HdrHistogram, since the sketches that come with Spark err by up to 2 % in rank.
 */
public final class Latency {
  private static final int DIGITS = 3;

  /** Null before the first time: the driver has many that stay empty. */
  private Histogram micros;

  Latency() {}

  private Latency(Histogram micros) {
    this.micros = micros;
  }

  /**
   * Reads what {@link #encoded} has written.
   *
   * @throws IllegalArgumentException if it is something else
   */
  @JsonCreator
  static Latency decoded(String encoded) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(encoded));
      Histogram read = Histogram.decodeFromCompressedByteBuffer(bytes, 0);
      read.setAutoResize(true);
      return new Latency(read);
    } catch (DataFormatException damaged) {
      throw new IllegalArgumentException(damaged);
    }
  }

  /** HdrHistogram's own compressed form, in Base64. */
  @JsonValue
  String encoded() {
    Histogram written = histogram();
    ByteBuffer bytes = ByteBuffer.allocate(written.getNeededByteBufferCapacity());
    int length = written.encodeIntoCompressedByteBuffer(bytes);
    return Base64.getEncoder().encodeToString(Arrays.copyOf(bytes.array(), length));
  }

  void add(long nanos) {
    histogram().recordValue(TimeUnit.NANOSECONDS.toMicros(Math.max(0, nanos)));
  }

  void add(Latency other) {
    if (other.micros != null) {
      histogram().add(other.micros);
    }
  }

  private Histogram histogram() {
    if (micros == null) {
      micros = new Histogram(DIGITS);
    }
    return micros;
  }

  /** Number of times. */
  public long count() {
    return micros == null ? 0 : micros.getTotalCount();
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
