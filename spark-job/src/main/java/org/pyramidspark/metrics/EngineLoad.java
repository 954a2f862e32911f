package org.pyramidspark.metrics;

import java.io.Serializable;

/**
 * What an engine's KV cache holds at a moment.
 *
 * @param kvBytes bytes of cache pages in use
 * @param kvBudget the most bytes of them
 * @param readMillis when it was read, by the clock of the engine's host
 */
public record EngineLoad(long kvBytes, long kvBudget, long readMillis) implements Serializable {

  /** Of two readings of one engine. */
  EngineLoad later(EngineLoad other) {
    return readMillis < other.readMillis ? other : this;
  }
}
