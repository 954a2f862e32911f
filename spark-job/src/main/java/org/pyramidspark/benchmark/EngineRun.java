package org.pyramidspark.benchmark;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.config.SamplingOptions;
import org.pyramidspark.engine.EngineMetrics;
import org.pyramidspark.engine.GenerationRequest;
import org.pyramidspark.engine.GenerationResult;
import org.pyramidspark.engine.InferenceEngine;
import org.pyramidspark.engine.ResultStream;
import org.pyramidspark.op.StepPart;

/**
 * One pass of an engine over a workload.
 *
 * @param seconds from the first prompt to the last token
 * @param prefillSeconds that computing prompts took
 * @param decodeSeconds that computing generated tokens took
 * @param breakdown seconds by what they were spent on
 * @param meanRunning rows that a step of generated tokens had on average
 * @param after the engine's counters at the end
 */
record EngineRun(
    double seconds,
    double prefillSeconds,
    double decodeSeconds,
    Map<StepPart, Double> breakdown,
    double meanRunning,
    EngineMetrics after) {
  private static final double NANOS = 1e9;

  /** Completes all prompts greedily, end tokens ignored. */
  static EngineRun of(
      InferenceEngine engine, Workload workload, CachePolicy policy, int newTokens) {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int[] prompt : workload.prompts()) {
      requests.add(
          new GenerationRequest(
              "row " + requests.size(),
              prompt,
              policy,
              SamplingOptions.greedy(),
              newTokens,
              List.of(),
              true));
    }
    engine.resetPeaks();
    EngineMetrics before = engine.metrics();
    long start = System.nanoTime();
    try (ResultStream results = engine.generate(requests.iterator())) {
      while (results.hasNext()) {
        GenerationResult result = results.next();
        result
            .error()
            .ifPresent(
                error -> {
                  throw new IllegalStateException(result.id() + ": " + error);
                });
      }
    }
    double seconds = (System.nanoTime() - start) / NANOS;
    return of(before, engine.metrics(), seconds);
  }

  private static EngineRun of(EngineMetrics before, EngineMetrics after, double seconds) {
    Map<StepPart, Double> breakdown = new EnumMap<>(StepPart.class);
    after
        .breakdown()
        .forEach(
            (part, nanos) -> breakdown.put(part, (nanos - before.breakdown().get(part)) / NANOS));
    return new EngineRun(
        seconds,
        (after.prefillNanos() - before.prefillNanos()) / NANOS,
        (after.decodeNanos() - before.decodeNanos()) / NANOS,
        breakdown,
        (double) (after.decodeTokens() - before.decodeTokens())
            / Math.max(1, after.decodeSteps() - before.decodeSteps()),
        after);
  }
}
