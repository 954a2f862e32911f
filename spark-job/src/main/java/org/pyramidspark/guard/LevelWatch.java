package org.pyramidspark.guard;

/**
 * Counts the rows under one level's settings. They are on probation until enough of them were
 * tried: so long rows are all tried, and only a few begin before their trials are over. Guarded by
 * {@link QualityGuard}.
 */
final class LevelWatch {
  /** With fewer rows the interval is too wide to decide anything. */
  private static final int FIRST_ROWS = 4;

  /** Rows that are all tried while the mean is over the limit and its interval is not. */
  private static final int DOUBTFUL_ROWS = 13;

  /**
   * Rows on probation that begin ahead of trials: enough for a batch, and with the doubtful ones no
   * more than 20.
   */
  private static final int ROWS_AHEAD = 7;

  /** Trials after which probation ends, however many of them failed. */
  private static final int MOST_TRIALS = 20;

  private final double limit;
  private Estimate loss = Estimate.NONE;
  private long ahead;
  private long failed;
  private long pending;
  private long nextLook = FIRST_ROWS;

  LevelWatch(double limit) {
    this.limit = limit;
  }

  /** Whether no row may begin before a trial is over. */
  boolean mustWait() {
    return pending > 0 && isOnProbation() && ahead >= ROWS_AHEAD;
  }

  /** Whether the next row is to be tried whatever its id. */
  boolean triesNext() {
    return isOnProbation() && loss.rows() + pending < wanted();
  }

  private boolean isOnProbation() {
    return loss.rows() < wanted() && finished() < MOST_TRIALS;
  }

  private int wanted() {
    return loss.mean() > limit ? DOUBTFUL_ROWS : FIRST_ROWS;
  }

  private long finished() {
    return loss.rows() + failed;
  }

  void begin(boolean tried) {
    ahead = isOnProbation() ? ahead + 1 : 0;
    pending += tried ? 1 : 0;
  }

  void addFailed() {
    end();
    failed++;
  }

  /** One that was to be tried is over. */
  void end() {
    pending--;
    ahead = Math.max(0, ahead - 1);
  }

  /**
   * Adds a row's divergence.
   *
   * @return whether the settings cost too much, with confidence. Each look is another chance to be
   *     wrong, so there are few: after 4, 6, 9, 13 rows, and so on by half
   */
  boolean exceedsWith(double divergence) {
    end();
    loss = loss.plus(divergence);
    if (loss.rows() < nextLook) {
      return false;
    }
    nextLook += nextLook / 2;
    return loss.low() > limit;
  }

  GuardReading.Trials trials() {
    return new GuardReading.Trials(loss, failed);
  }
}
