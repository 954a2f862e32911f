package org.pyramidspark.tokens;

/** Where the text of a prompt that is too long is cut; instruction and template always survive. */
public enum Truncation {
  /** Out of its middle. */
  MIDDLE("middle"),
  /** Its first part. */
  HEAD("head"),
  /** Its last part. */
  TAIL("tail"),
  /** Not at all: the row becomes an error. */
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
