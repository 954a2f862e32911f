package org.pyramidspark.tokens;

import java.io.Serializable;

/** The tokens {@code from} (inclusive) to {@code to} (exclusive) of a prompt. */
public record TokenSpan(int from, int to) implements Serializable {

  public int numTokens() {
    return to - from;
  }
}
