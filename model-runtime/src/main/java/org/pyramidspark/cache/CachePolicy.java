package org.pyramidspark.cache;

import java.io.Serializable;
import java.util.Map;

/**
 * What a sequence's KV cache keeps. Immutable and serializable: jobs send policies to executors.
 *
 * <p>A policy says <em>how much</em> from lengths alone, before anything is computed, so that
 * memory can be planned; the scores of the cache op then say <em>which</em> tokens these are.
 */
public sealed interface CachePolicy extends Serializable
    permits FullPolicy,
        PyramidPolicy,
        PyramidPlusPolicy,
        H2oPolicy,
        ScissorhandsPolicy,
        StreamingLlmPolicy,
        SnapKvPolicy,
        PyramidKvPolicy,
        TovaPolicy {

  /** The policy's name in options and reports. */
  String name();

  /** What each of {@code numLayers} layers scores, hands on and keeps for a prompt. */
  PrefillPlan prefill(PromptShape prompt, int numLayers);

  /** When, after a prompt, which generated entries are compressed. */
  GenerationPlan generation(PromptShape prompt, int numLayers, int maxNewTokens);

  /**
   * The same policy with settings that keep more, about halfway to everything; {@code full} where
   * they would keep nearly everything.
   */
  CachePolicy relaxed();

  /** The settings by their keys, in order, for reports: Double, Integer or String each. */
  Map<String, Object> settings();
}
