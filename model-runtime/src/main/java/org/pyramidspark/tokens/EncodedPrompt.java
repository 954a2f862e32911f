package org.pyramidspark.tokens;

/**
 * A prompt as tokens.
 *
 * @param tokens template included
 * @param originalTokens how many there were before truncation
 * @param truncated whether some were left out
 */
public record EncodedPrompt(int[] tokens, int originalTokens, boolean truncated) {}
