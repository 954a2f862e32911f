package org.pyramidspark.tokens;

import org.pyramidspark.checkpoint.Checkpoint;

/** From prompts to tokens; the encoder follows. */
public final class PromptEncoder {
  private PromptEncoder() {}

  public static PromptEncoder of(Checkpoint checkpoint, Tokenizer tokenizer) {
    throw new UnsupportedOperationException();
  }

  /**
   * @throws org.pyramidspark.errors.InvalidInputException if the prompt is longer than {@code
   *     maxPromptTokens} and may not, or cannot, be truncated
   */
  public EncodedPrompt encode(Prompt prompt, int maxPromptTokens, Truncation rule) {
    throw new UnsupportedOperationException();
  }
}
