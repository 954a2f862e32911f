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

  /** Whether every layer hands all rows on and keeps all entries, and scores nothing. */
  public boolean keepsAll() {
    return layers.stream().allMatch(LayerPlan.whole(promptTokens)::equals);
  }

  public LayerPlan layer(int layer) {
    return layers.get(layer);
  }

  /** Cache entries after the prefill, over all layers. */
  public long cachedEntries() {
    return layers.stream().mapToLong(LayerPlan::cached).sum();
  }

  /** Pages of one KV head after the prefill, over all layers. */
  public long cachedPages() {
    return layers.stream().mapToLong(layer -> PageLayout.pages(layer.cached())).sum();
  }

  /**
   * The most pages of one KV head in use at once during the prefill: a layer holds all that enter
   * it until it has chosen what stays.
   */
  public long mostPages() {
    long kept = 0;
    long most = 0;
    for (LayerPlan layer : layers) {
      most = Math.max(most, kept + PageLayout.pages(layer.rows()));
      kept += PageLayout.pages(layer.cached());
    }
    return most;
  }

  /** {@link #cachedEntries()} divided by those of a full cache. */
  public double keptFraction() {
    return (double) cachedEntries() / ((long) promptTokens * layers.size());
  }
}
