package org.pyramidspark.monitoring;

import java.time.Duration;
import java.util.Map;
import org.pyramidspark.metrics.EngineLoad;
import org.pyramidspark.metrics.EngineReading;
import org.pyramidspark.metrics.RunTotals;

/**
 * What is shown of a run that works, or of one executor's part in it.
 *
 * @param rows finished, error rows included
 * @param failedRows error rows
 * @param tokens of prompts and completions, of rows that are not finished too
 * @param tokensPerSecond mean since the first token
 * @param kvBytes bytes of KV cache in use
 * @param kvBudget the most bytes of it
 * @param keptKvFraction share of the prompts' KV entries that is kept, over finished rows; 0
 *     without any
 */
record LiveFigures(
    long rows,
    long failedRows,
    long tokens,
    double tokensPerSecond,
    long kvBytes,
    long kvBudget,
    double keptKvFraction) {

  /**
   * @param computing time since the first token
   */
  static LiveFigures of(RunTotals totals, Duration computing) {
    long tokens = totals.work().promptTokens() + totals.work().newTokens();
    return new LiveFigures(
        totals.rows(),
        totals.errorRows(),
        tokens,
        tokens / Math.max(1e-3, computing.toMillis() / 1e3),
        totals.loads().values().stream().mapToLong(EngineLoad::kvBytes).sum(),
        budget(totals.engines(), totals.loads()),
        totals.keptKvFraction());
  }

  /** An engine between two tasks is known by its reading alone. */
  private static long budget(Map<String, EngineReading> engines, Map<String, EngineLoad> loads) {
    long running = loads.values().stream().mapToLong(EngineLoad::kvBudget).sum();
    return running
        + engines.entrySet().stream()
            .filter(engine -> !loads.containsKey(engine.getKey()))
            .mapToLong(engine -> engine.getValue().setup().kvBudget())
            .sum();
  }
}
