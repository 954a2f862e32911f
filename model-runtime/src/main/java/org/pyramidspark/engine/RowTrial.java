package org.pyramidspark.engine;

/**
 * Tries a row's policy beside the full cache while the row is completed, from the row's own prompt
 * on, and takes what comes of it: exactly one of {@link #end}, {@link #fail} and {@link #drop},
 * before the row's result is handed over. Called by the engine's thread, or by the one that submits
 * the row; must not block.
 */
public interface RowTrial {
  /** How many next tokens of the full cache's greedy completion are compared, at least 1. */
  int numTokens();

  /** Whether the result would still be of use; asked while the trial waits. */
  boolean isWanted();

  /** The trial is over. */
  void end(TrialResult result);

  /**
   * The row cannot be tried, or not be completed.
   *
   * @param reason one sentence
   */
  void fail(String reason);

  /** It was not tried, since nobody wants the result any more. */
  void drop();
}
