package org.pyramidspark.cache;

import java.util.Collections;
import java.util.Map;

/** Keeps everything: the exact cache that every other policy is compared with. */
public record FullPolicy() implements CachePolicy {

  @Override
  public String name() {
    return "full";
  }

  @Override
  public PrefillPlan prefill(PromptShape prompt, int numLayers) {
    return new PrefillPlan(
        prompt.tokens(), Collections.nCopies(numLayers, LayerPlan.whole(prompt.tokens())));
  }

  @Override
  public GenerationPlan generation(PromptShape prompt, int numLayers, int maxNewTokens) {
    return GenerationPlan.NONE;
  }

  @Override
  public CachePolicy relaxed() {
    return this;
  }

  @Override
  public Map<String, Object> settings() {
    return Map.of();
  }
}
