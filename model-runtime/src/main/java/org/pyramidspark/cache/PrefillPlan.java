package org.pyramidspark.cache;

import java.util.List;

/**
 * What every layer does with one prompt.
 *
 * @param promptTokens n
 * @param layers one plan for each layer
 */
public record PrefillPlan(int promptTokens, List<LayerPlan> layers) {

  public PrefillPlan {
    layers = List.copyOf(layers);
  }

  public LayerPlan layer(int layer) {
    return layers.get(layer);
  }

  /** Cache entries after the prefill, over all layers. */
  public long cachedEntries() {
    return layers.stream().mapToLong(LayerPlan::cachedEntries).sum();
  }

  /** {@link #cachedEntries()} divided by those of a full cache. */
  public double keptFraction() {
    return (double) cachedEntries() / ((long) promptTokens * layers.size());
  }
}
