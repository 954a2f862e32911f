package org.pyramidspark.tokens;

/** A text that is cut to so many tokens: at the borders of tokens, never within a character. */
final class TextCut {
  private final String text;
  private final TokenizedText tokens;
  private final Truncation rule;

  TextCut(Tokenizer tokenizer, String text, Truncation rule) {
    this.text = text;
    this.tokens = tokenizer.tokenize(text);
    this.rule = rule;
  }

  int numTokens() {
    return tokens.numTokens();
  }

  /**
   * The text with the other tokens cut out. A character whose tokens are not all kept is cut out.
   *
   * @param kept less than {@link #numTokens()}
   */
  String keep(int kept) {
    int numHead = rule.headTokens(kept);
    int cutTokens = numTokens() - kept;
    int headEnd = numHead == 0 ? 0 : tokens.starts()[numHead];
    String head = text.substring(0, headEnd);
    if (numHead == kept) {
      return head;
    }
    int lastCut = numHead + cutTokens - 1;
    return head + text.substring(Math.max(headEnd, tokens.ends()[lastCut]));
  }
}
