package org.pyramidspark.tokens;

/**
 * Which part of a text is cut out when a prompt is too long. Only one text is ever cut: the
 * document, the longest message of a conversation, the raw prompt, or the token ids; instruction
 * and template always survive.
 */
public enum Truncation {
  /** Cuts the middle and keeps both ends, as L-Eval and LongBench do. */
  MIDDLE("middle"),
  /** Cuts the head and keeps the end. */
  HEAD("head"),
  /** Cuts the tail and keeps the beginning. */
  TAIL("tail"),
  /** Cuts nothing: the row becomes an error. */
  ERROR("error");

  private final String label;

  Truncation(String label) {
    this.label = label;
  }

  /** The name used in options. */
  public String label() {
    return label;
  }

  /** How many of {@code kept} tokens stay at the front; the others stay at the end. */
  int headTokens(int kept) {
    return switch (this) {
      case MIDDLE -> (kept + 1) / 2;
      case HEAD -> 0;
      case TAIL, ERROR -> kept;
    };
  }
}
