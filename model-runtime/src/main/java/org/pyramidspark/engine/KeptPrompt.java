package org.pyramidspark.engine;

import java.util.Arrays;
import java.util.Optional;
import org.pyramidspark.cache.LayerCache;
import org.pyramidspark.cache.LayerPlan;
import org.pyramidspark.cache.PrefillPlan;
import org.pyramidspark.cache.SequenceCache;

/**
 * What the cache held of a prompt after the prefill.
 *
 * @param layerEntries by layer: entries of each KV head's cache; empty if nothing was computed
 * @param tokenLayers by token of the prompt: how many layers' caches held it, where KV heads differ
 *     their mean; present exactly if the request was traced. Where a layer hands on only what it
 *     keeps, this is the number of the layer that dropped the token
 */
public record KeptPrompt(int[] layerEntries, Optional<double[]> tokenLayers) {
  static final KeptPrompt NOTHING = new KeptPrompt(new int[0], Optional.empty());

  static KeptPrompt of(PrefillPlan plan, Optional<double[]> tokenLayers) {
    return new KeptPrompt(
        plan.layers().stream().mapToInt(LayerPlan::cached).toArray(), tokenLayers);
  }

  /** Counts the layers that hold each token, right after the prefill. */
  static double[] countLayers(SequenceCache cache, PrefillPlan plan) {
    int[] heads = new int[plan.promptTokens()];
    for (int layer = 0; layer < plan.layers().size(); layer++) {
      count(cache.layer(layer), heads);
    }
    int numKvHeads = cache.layer(0).numKvHeads();
    return Arrays.stream(heads).mapToDouble(holding -> holding / (double) numKvHeads).toArray();
  }

  private static void count(LayerCache layer, int[] heads) {
    for (int head = 0; head < layer.numKvHeads(); head++) {
      for (int entry = 0; entry < layer.length(); entry++) {
        heads[layer.position(head, entry)]++;
      }
    }
  }
}
