package org.pyramidspark.metrics;

import java.time.Duration;

/**
 * How far a run is.
 *
 * @param rows finished rows
 * @param totalRows rows of the run
 * @param errorRows finished rows that are errors
 * @param tokens prompt and generated tokens of the finished rows
 * @param elapsed time since the run started
 */
public record Progress(long rows, long totalRows, long errorRows, long tokens, Duration elapsed) {

  /** For people, in one line. */
  public String line() {
    double seconds = Math.max(1e-3, elapsed.toMillis() / 1e3);
    return "%,d of %,d rows (%d %%)%s, %,.0f tokens/s, %s"
        .formatted(
            rows,
            totalRows,
            totalRows == 0 ? 100 : 100 * rows / totalRows,
            errorRows == 0 ? "" : ", %,d with errors".formatted(errorRows),
            tokens / seconds,
            timeLeft());
  }

  private String timeLeft() {
    if (rows == 0) {
      return shown(elapsed) + " elapsed";
    }
    return shown(elapsed.multipliedBy(totalRows - rows).dividedBy(rows)) + " left";
  }

  /** A time in its two largest units: {@code 1 h 05 min}, {@code 2 min 10 s}, {@code 9 s}. */
  static String shown(Duration time) {
    if (time.toHours() > 0) {
      return "%d h %02d min".formatted(time.toHours(), time.toMinutesPart());
    }
    if (time.toMinutes() > 0) {
      return "%d min %02d s".formatted(time.toMinutes(), time.toSecondsPart());
    }
    return time.toSeconds() + " s";
  }
}
