package org.pyramidspark.metrics;

import java.time.Duration;

/**
 * How far a run is.
 *
 * @param rows finished rows
 * @param totalRows rows of the run
 * @param errorRows finished rows that are errors
 * @param promptTokens prompt tokens computed
 * @param newTokens tokens generated
 * @param shareDone of the work, 0 to 1; 1 exactly if the run has ended
 * @param elapsed time since the run started
 * @param computing of that, time since the first token was computed
 * @param guard what the guard knows by now, in a few words; empty without one
 * @param earlier what was done before the run was stopped and went on, counted in the above
 */
public record Progress(
    long rows,
    long totalRows,
    long errorRows,
    long promptTokens,
    long newTokens,
    double shareDone,
    Duration elapsed,
    Duration computing,
    String guard,
    Earlier earlier) {
  private static final int BAR_CELLS = 20;

  /**
   * What earlier sessions of a run did.
   *
   * @param tokens computed and generated
   * @param share of the work
   */
  public record Earlier(long tokens, double share) {
    /** Nothing. */
    public static final Earlier NONE = new Earlier(0, 0);
  }

  /** Of a run without a guard and without earlier sessions. */
  public Progress(
      long rows,
      long totalRows,
      long errorRows,
      long promptTokens,
      long newTokens,
      double shareDone,
      Duration elapsed,
      Duration computing) {
    this(
        rows,
        totalRows,
        errorRows,
        promptTokens,
        newTokens,
        shareDone,
        elapsed,
        computing,
        "",
        Earlier.NONE);
  }

  boolean hasEnded() {
    return shareDone == 1;
  }

  /** The share that is done, drawn with characters that every terminal has. */
  String bar() {
    int full = (int) (shareDone * BAR_CELLS);
    return "[" + "#".repeat(full) + ".".repeat(BAR_CELLS - full) + "]";
  }

  /** For people, in one line; what matters most comes first. */
  public String line() {
    return "%d %%, %,d of %,d rows%s, %,.0f tokens/s, %s, %,d prompt + %,d new tokens%s"
        .formatted(
            (long) (100 * shareDone),
            rows,
            totalRows,
            errorRows == 0 ? "" : ", %,d with errors".formatted(errorRows),
            (promptTokens + newTokens - earlier.tokens())
                / Math.max(1e-3, computing.toMillis() / 1e3),
            time(),
            promptTokens,
            newTokens,
            guard.isEmpty() ? "" : ", " + guard);
  }

  private String time() {
    double shareSince = shareDone - earlier.share();
    if (shareSince <= 0 || hasEnded()) {
      return shown(elapsed) + " elapsed";
    }
    long left = Math.round(computing.toMillis() * (1 - shareDone) / shareSince);
    return shown(Duration.ofMillis(left)) + " left";
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
