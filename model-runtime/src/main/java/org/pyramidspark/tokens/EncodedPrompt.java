package org.pyramidspark.tokens;

import java.util.Optional;

/**
 * A prompt as tokens.
 *
 * @param tokens template included
 * @param originalTokens how many there were before truncation
 * @param truncated whether some were left out
 * @param document the tokens that lie wholly within the document of a {@link Prompt.Document}; all
 *     others are template, system text and instruction
 */
public record EncodedPrompt(
    int[] tokens, int originalTokens, boolean truncated, Optional<TokenSpan> document) {}
