package org.pyramidspark.engine;

import org.pyramidspark.cache.SequenceCache;

/**
 * What computing a row's prompt left, for a trial of the row to go on from. It saves the trial a
 * prompt and is given up where memory is short: then the trial computes the prompt itself.
 *
 * @param cache a copy of the row's after the prompt
 * @param next the distribution of the first token
 */
record PromptFork(SequenceCache cache, NextToken next) implements AutoCloseable {

  /** Whether it was not given up. */
  boolean isHeld() {
    return cache.entries() > 0;
  }

  /** Bytes of its pages; none after it was given up. */
  long bytes() {
    return cache.bytes();
  }

  @Override
  public void close() {
    cache.close();
  }
}
