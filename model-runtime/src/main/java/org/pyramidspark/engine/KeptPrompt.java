package org.pyramidspark.engine;

import java.util.Optional;
import java.util.stream.IntStream;
import org.pyramidspark.cache.LayerCache;
import org.pyramidspark.cache.LayerPlan;
import org.pyramidspark.cache.PrefillPlan;
import org.pyramidspark.cache.SequenceCache;

/**
 * What the cache held of a prompt after the prefill.
 *
 * @param layerEntries by layer: entries of its cache; empty if nothing was computed
 * @param tokenLayers by token of the prompt: how many layers' caches held it; present exactly if
 *     the request was traced. Where a layer hands on only what it keeps, this is the number of the
 *     layer that dropped the token
 */
public record KeptPrompt(int[] layerEntries, Optional<int[]> tokenLayers) {
  static final KeptPrompt NOTHING = new KeptPrompt(new int[0], Optional.empty());

  static KeptPrompt of(PrefillPlan plan, Optional<int[]> tokenLayers) {
    return new KeptPrompt(
        plan.layers().stream().mapToInt(LayerPlan::cachedEntries).toArray(), tokenLayers);
  }

  /** Counts the layers that hold each token, right after the prefill. */
  static int[] countLayers(SequenceCache cache, PrefillPlan plan) {
    int[] counts = new int[plan.promptTokens()];
    for (int l = 0; l < plan.layers().size(); l++) {
      LayerCache layer = cache.layer(l);
      IntStream.range(0, layer.length()).forEach(entry -> counts[layer.position(entry)]++);
    }
    return counts;
  }
}
