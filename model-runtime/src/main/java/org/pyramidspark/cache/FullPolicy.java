package org.pyramidspark.cache;

import java.util.Collections;

/** Keeps everything: the exact cache that every other policy is compared with. */
public record FullPolicy() implements CachePolicy {

  @Override
  public String name() {
    return "full";
  }

  @Override
  public PrefillPlan prefill(int promptTokens, int numLayers) {
    return new PrefillPlan(
        promptTokens, Collections.nCopies(numLayers, LayerPlan.whole(promptTokens)));
  }

  @Override
  public GenerationPlan generation(int promptTokens, int numLayers, int maxNewTokens) {
    return GenerationPlan.NONE;
  }
}
