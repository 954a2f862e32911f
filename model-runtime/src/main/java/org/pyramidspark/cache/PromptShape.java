package org.pyramidspark.cache;

/**
 * A prompt as a policy sees it: its length, and which of its tokens are the document. All others
 * are template, system text and instruction.
 *
 * @param tokens n
 * @param documentFrom the first token of the document
 * @param documentTo the first token after it
 */
public record PromptShape(int tokens, int documentFrom, int documentTo) {

  public PromptShape {
    if (documentFrom < 0 || documentFrom > documentTo || documentTo > tokens) {
      throw new IllegalArgumentException(
          "A document of tokens %d to %d does not lie in a prompt of %d."
              .formatted(documentFrom, documentTo, tokens));
    }
  }

  /** A prompt that is all document. */
  public static PromptShape of(int tokens) {
    return new PromptShape(tokens, 0, tokens);
  }

  /** Tokens after the document: the instruction and what the template puts behind it. */
  int tokensAfter() {
    return tokens - documentTo;
  }
}
