package org.pyramidspark.engine;

import java.util.ArrayList;
import java.util.List;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.cache.FullPolicy;
import org.pyramidspark.cache.KvCache;
import org.pyramidspark.config.ModelConfig;
import org.pyramidspark.engine.TrialResult.PolicyTrial;
import org.pyramidspark.graph.DecoderGraph;

/**
 * Runs policies and the full cache side by side along the same tokens, as many policies at once as
 * the KV budget allows. Used by the engine's thread.
 */
final class Trial {
  private final ModelConfig model;
  private final DecoderGraph graph;
  private final KvCache kvCache;
  private final TrialRequest request;

  Trial(ModelConfig model, DecoderGraph graph, KvCache kvCache, TrialRequest request) {
    this.model = model;
    this.graph = graph;
    this.kvCache = kvCache;
    this.request = request;
  }

  /** The most bytes that one policy and the full cache take together. */
  long leastBytes() {
    return bytes(new FullPolicy())
        + request.policies().stream().mapToLong(this::bytes).max().orElse(0);
  }

  /** With several paths, the cache after the prompt and a copy for each path in turn. */
  private long bytes(CachePolicy policy) {
    long most =
        kvCache.mostBytes(
            policy.prefill(request.shape(), model.numLayers()),
            policy.generation(request.shape(), model.numLayers(), request.mostTokens()),
            request.mostTokens());
    return request.paths().size() > 1 ? 2 * most : most;
  }

  /**
   * Compares.
   *
   * @param room bytes of KV cache that may be taken, {@link #leastBytes} or more
   */
  TrialResult run(long room) {
    List<CachePolicy> left = request.policies();
    List<List<PolicyTrial>> groups = new ArrayList<>();
    do {
      int together = together(left, room - bytes(new FullPolicy()));
      try (TrialGroup group =
          new TrialGroup(model, graph, kvCache, request, left.subList(0, together))) {
        groups.add(group.run());
      }
      left = left.subList(together, left.size());
    } while (!left.isEmpty());
    return TrialResult.of(groups);
  }

  /** How many of these, from the first on, have room together; one at least, if there is one. */
  private int together(List<CachePolicy> policies, long room) {
    int count = 0;
    long taken = 0;
    for (CachePolicy policy : policies) {
      taken += bytes(policy);
      if (count > 0 && taken > room) {
        break;
      }
      count++;
    }
    return count;
  }
}
