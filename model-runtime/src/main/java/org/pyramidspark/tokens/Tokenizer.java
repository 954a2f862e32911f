package org.pyramidspark.tokens;

import java.util.Set;
import org.pyramidspark.checkpoint.Vocabulary;

/**
 * Text to token ids and back, by Hugging Face's tokenizers through DJL, built from a checkpoint's own
 * vocabulary. Thread-safe.
 */
public final class Tokenizer implements AutoCloseable {

  /**
   * @throws org.pyramidspark.errors.InvalidInputException if the vocabulary's pre-tokenizer is not
   *     known
   */
  public static Tokenizer of(Vocabulary vocabulary) {
    throw new UnsupportedOperationException();
  }

  /** Ids of plain text: text that spells a control token gives ordinary tokens. */
  public int[] encodeContent(String text) {
    throw new UnsupportedOperationException();
  }

  /** Ids of trusted text, such as a chat template's: control tokens are recognised. */
  public int[] encodeTemplate(String text) {
    throw new UnsupportedOperationException();
  }

  /** Text of ids; control tokens are left out, broken UTF-8 becomes U+FFFD. */
  public String decode(int[] ids) {
    throw new UnsupportedOperationException();
  }

  /** The raw bytes of one token's text, empty for a control token. Not to be changed. */
  public byte[] bytes(int id) {
    throw new UnsupportedOperationException();
  }

  /** Ids that end a completion. */
  public Set<Integer> endTokens() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
