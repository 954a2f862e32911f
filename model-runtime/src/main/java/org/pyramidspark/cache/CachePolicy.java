package org.pyramidspark.cache;

/**
 * What a sequence's KV cache keeps. Immutable and serializable: jobs send policies to executors.
 *
 * <p>A policy says <em>how much</em> from lengths alone, before anything is computed, so that
 * memory can be planned; the scores of the cache op then say <em>which</em> tokens these are.
 */
public sealed interface CachePolicy extends java.io.Serializable permits FullPolicy, PyramidPolicy {

  /** The policy's name in options and reports. */
  String name();

  /** What each of {@code numLayers} layers scores, hands on and keeps for a prompt. */
  PrefillPlan prefill(int promptTokens, int numLayers);

  /** When, after a prompt, which generated entries are compressed. */
  GenerationPlan generation(int promptTokens, int numLayers, int maxNewTokens);
}
