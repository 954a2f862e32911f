package org.pyramidspark.engine;

import java.util.Iterator;

/**
 * Results in the order in which they finish. Used by one thread, but for {@link #computed}. Closing
 * it before its end gives the requests up that still run.
 */
public interface ResultStream extends Iterator<GenerationResult>, AutoCloseable {
  /** How far its requests are, those that still run included; for any thread. */
  ComputedTokens computed();

  @Override
  void close();
}
