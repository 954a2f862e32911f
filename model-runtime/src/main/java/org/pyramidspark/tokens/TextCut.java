package org.pyramidspark.tokens;

import java.nio.charset.StandardCharsets;

/** A text that is cut to so many tokens: at the borders of tokens, never within a character. */
final class TextCut {
  private final byte[] text;
  private final int[] ends;
  private final Truncation rule;

  TextCut(Tokenizer tokenizer, String text, Truncation rule) {
    this.text = text.getBytes(StandardCharsets.UTF_8);
    int[] tokens = tokenizer.encodeContent(text);
    this.ends = new int[tokens.length + 1];
    for (int i = 0; i < tokens.length; i++) {
      // A normaliser may have changed the number of bytes.
      ends[i + 1] = Math.min(this.text.length, ends[i] + tokenizer.bytes(tokens[i]).length);
    }
    this.rule = rule;
  }

  int numTokens() {
    return ends.length - 1;
  }

  /** The text with all but {@code kept} tokens cut out. */
  String keep(int kept) {
    int headTokens = rule.headTokens(kept);
    int head = characterStart(ends[headTokens]);
    int tail = characterEnd(ends[numTokens() - (kept - headTokens)]);
    return new String(text, 0, head, StandardCharsets.UTF_8)
        + new String(text, tail, text.length - tail, StandardCharsets.UTF_8);
  }

  private int characterStart(int at) {
    int start = at;
    while (start > 0 && start < text.length && isContinuation(start)) {
      start--;
    }
    return start;
  }

  private int characterEnd(int at) {
    int end = at;
    while (end < text.length && isContinuation(end)) {
      end++;
    }
    return end;
  }

  private boolean isContinuation(int at) {
    return (text[at] & 0xc0) == 0x80;
  }
}
