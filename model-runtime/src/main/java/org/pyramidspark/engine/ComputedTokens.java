package org.pyramidspark.engine;

/**
 * How much of some requests is computed, finished ones included. Tokens that are computed once more
 * after a sequence was set back count once.
 *
 * @param prompts requests whose prompt is computed
 * @param promptTokens tokens of these prompts
 * @param newTokens tokens sampled
 */
public record ComputedTokens(long prompts, long promptTokens, long newTokens) {}
