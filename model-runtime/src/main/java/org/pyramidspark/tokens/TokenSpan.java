package org.pyramidspark.tokens;

/** The tokens {@code from} (inclusive) to {@code to} (exclusive) of a prompt. */
public record TokenSpan(int from, int to) {

  public int numTokens() {
    return to - from;
  }
}
