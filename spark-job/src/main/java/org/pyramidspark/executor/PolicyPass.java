package org.pyramidspark.executor;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.comparison.PassTime;
import org.pyramidspark.engine.FinishReason;
import org.pyramidspark.engine.GenerationResult;
import org.pyramidspark.engine.ResultStream;
import org.pyramidspark.metrics.EngineReading;

/**
 * Rows completed under one policy, with the engine to themselves.
 *
 * @param results by the requests' ids
 * @param time that it took
 */
record PolicyPass(Map<String, GenerationResult> results, PassTime time) {
  private static final int WARM_UP_TOKENS = 16;

  /** Runs a policy on one row for a few tokens, so that its code is compiled before it is timed. */
  static void warmUp(LoadedModel model, CachePolicy policy, ComparedPrompt prompt) {
    int tokens = Math.min(WARM_UP_TOKENS, prompt.request().maxNewTokens());
    try (ResultStream results =
        model.engine().generate(List.of(prompt.under(policy, tokens)).iterator())) {
      results.next();
    }
  }

  /**
   * @param progress is told of each result
   */
  static PolicyPass of(
      LoadedModel model,
      CachePolicy policy,
      Collection<ComparedPrompt> prompts,
      Consumer<GenerationResult> progress) {
    Map<String, GenerationResult> byId = new HashMap<>();
    EngineReading.Counters before = model.counters();
    long start = System.nanoTime();
    try (ResultStream results =
        model.engine().generate(prompts.stream().map(prompt -> prompt.under(policy)).iterator())) {
      while (results.hasNext()) {
        GenerationResult result = results.next();
        byId.put(result.id(), result);
        progress.accept(result);
      }
    }
    long nanos = System.nanoTime() - start;
    model.checkOpen();
    return new PolicyPass(byId, time(nanos, model.readingSince(before), byId.values()));
  }

  private static PassTime time(
      long nanos, EngineReading reading, Collection<GenerationResult> results) {
    long promptTokens = 0;
    long generatedTokens = 0;
    for (GenerationResult result : results) {
      if (result.finishReason() != FinishReason.ERROR) {
        promptTokens += result.promptTokens();
        generatedTokens += result.generatedTokens();
      }
    }
    return new PassTime(
        nanos, reading.prefillNanos(), reading.decodeNanos(), promptTokens, generatedTokens);
  }
}
