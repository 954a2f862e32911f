package org.pyramidspark.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.cache.FullPolicy;
import org.pyramidspark.cache.KvCache;
import org.pyramidspark.config.ModelConfig;
import org.pyramidspark.engine.TrialResult.PolicyTrial;

/**
 * Runs policies and the full cache side by side along the same tokens, as many policies at once as
 * the KV budget allows. Used by the engine's thread.
 */
final class Trial {
  private final ModelConfig model;
  private final KvCache kvCache;
  private final TrialRequest request;

  Trial(ModelConfig model, KvCache kvCache, TrialRequest request) {
    this.model = model;
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
   * @param room bytes of KV cache that may be taken, what the fork has taken included: {@link
   *     #leastBytes} or more
   * @param fork the first policy's prompt, if a row has computed it; may be used up
   * @param steps computes
   */
  TrialResult run(long room, Optional<PromptFork> fork, TrialSteps steps) {
    long full = bytes(new FullPolicy());
    List<List<CachePolicy>> groups = groups(room - full);
    long most = full + groups.stream().mapToLong(this::bytes).max().orElse(0);
    List<List<PolicyTrial>> results = new ArrayList<>();
    for (List<CachePolicy> policies : groups) {
      Optional<PromptFork> first = results.isEmpty() ? fork : Optional.empty();
      try (TrialGroup group = new TrialGroup(model, kvCache, request, policies, first)) {
        results.add(group.run(steps, most));
      }
    }
    return TrialResult.of(results);
  }

  /** One at least. */
  private List<List<CachePolicy>> groups(long room) {
    List<CachePolicy> left = request.policies();
    List<List<CachePolicy>> groups = new ArrayList<>();
    do {
      int together = together(left, room);
      groups.add(left.subList(0, together));
      left = left.subList(together, left.size());
    } while (!left.isEmpty());
    return groups;
  }

  private long bytes(List<CachePolicy> policies) {
    return policies.stream().mapToLong(this::bytes).sum();
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
