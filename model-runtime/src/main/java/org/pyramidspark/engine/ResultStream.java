package org.pyramidspark.engine;

import java.util.Iterator;

/**
 * Results in the order in which they finish. Used by one thread. Closing it before its end gives
 * the requests up that still run.
 */
public interface ResultStream extends Iterator<GenerationResult>, AutoCloseable {
  @Override
  void close();
}
