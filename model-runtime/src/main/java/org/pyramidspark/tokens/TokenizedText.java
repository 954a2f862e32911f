package org.pyramidspark.tokens;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.jni.CharSpan;

/**
 * Tokens of a text and where they lie in it. Tokens that are parts of one character share its
 * place.
 *
 * @param ids token ids
 * @param starts per token, the UTF-16 unit at which it begins
 * @param ends per token, the UTF-16 unit after its last
 */
record TokenizedText(int[] ids, int[] starts, int[] ends) {
  static final TokenizedText EMPTY = new TokenizedText(new int[0], new int[0], new int[0]);

  /** Hugging Face counts code points. */
  static TokenizedText of(String text, Encoding encoding) {
    int[] units = unitsByCodePoint(text);
    long[] ids = encoding.getIds();
    CharSpan[] spans = encoding.getCharTokenSpans();
    TokenizedText tokens =
        new TokenizedText(new int[ids.length], new int[ids.length], new int[ids.length]);
    for (int i = 0; i < ids.length; i++) {
      tokens.ids[i] = Math.toIntExact(ids[i]);
      tokens.starts[i] = units[spans[i].getStart()];
      tokens.ends[i] = units[spans[i].getEnd()];
    }
    return tokens;
  }

  private static int[] unitsByCodePoint(String text) {
    int[] units = new int[text.codePointCount(0, text.length()) + 1];
    for (int point = 1; point < units.length; point++) {
      units[point] = text.offsetByCodePoints(units[point - 1], 1);
    }
    return units;
  }

  int numTokens() {
    return ids.length;
  }

  /** The first token that begins at this UTF-16 unit or later. */
  int firstFrom(int unit) {
    int token = 0;
    while (token < ids.length && starts[token] < unit) {
      token++;
    }
    return token;
  }

  /** The token after the last one that ends at this UTF-16 unit or earlier. */
  int endUpTo(int unit) {
    int token = ids.length;
    while (token > 0 && ends[token - 1] > unit) {
      token--;
    }
    return token;
  }
}
