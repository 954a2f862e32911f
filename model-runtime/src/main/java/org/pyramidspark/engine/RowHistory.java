package org.pyramidspark.engine;

import java.util.EnumSet;
import java.util.Set;

/**
 * What has happened to a row, however often it began anew. Owned by the engine's thread. Times are
 * those of {@link System#nanoTime}.
 */
final class RowHistory {
  private final TokenCounter counter;
  private final Set<RetryStep> retries = EnumSet.noneOf(RetryStep.class);
  private boolean begun;
  private boolean promptCounted;
  private int countedTokens;
  private long startNanos;
  private long firstTokenNanos;
  private long lastTokenNanos;

  /**
   * @param counter is told of the row's tokens, of each once
   */
  RowHistory(TokenCounter counter) {
    this.counter = counter;
  }

  void add(RetryStep step) {
    retries.add(step);
  }

  /** What was tried again; a copy. */
  Set<RetryStep> retries() {
    return Set.copyOf(retries);
  }

  /** Whether memory has run out with it. */
  boolean isHalved() {
    return retries.contains(RetryStep.HALVED);
  }

  /** Its first step begins, unless that has begun before. */
  void begin(long nowNanos) {
    if (!begun) {
      begun = true;
      startNanos = nowNanos;
    }
  }

  /** Whether it has run for longer than so. */
  boolean isLongerThan(long nanos, long nowNanos) {
    return begun && nowNanos - startNanos > nanos;
  }

  void addPrompt(int tokens) {
    if (!promptCounted) {
      promptCounted = true;
      counter.addPrompt(tokens);
    }
  }

  /**
   * A token was chosen.
   *
   * @param numTokens how many there are with it
   */
  void addToken(int numTokens, long nowNanos) {
    if (numTokens > countedTokens) {
      countedTokens = numTokens;
      counter.addNewToken();
    }
    if (numTokens == 1) {
      firstTokenNanos = nowNanos;
    }
    lastTokenNanos = nowNanos;
  }

  long startNanos() {
    return startNanos;
  }

  /** From the first step's beginning to the first token. */
  long prefillNanos() {
    return firstTokenNanos - startNanos;
  }

  /** From the first token to the last. */
  long decodeNanos() {
    return lastTokenNanos - firstTokenNanos;
  }
}
