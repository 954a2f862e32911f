package org.pyramidspark.quality;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A short answer as L-Eval (arXiv 2307.11088) and SQuAD compare it: in lower case, without ASCII
 * punctuation, without the articles <em>a, an, the</em>, split at white space.
 */
final class Answer {
  private static final Pattern ASCII_PUNCTUATION = Pattern.compile("[!-/:-@\\[-`{-~]");

  /** Python's {@code \b} knows letters and digits of all scripts, but no marks. */
  private static final Pattern ARTICLE =
      Pattern.compile("(?<![\\p{L}\\p{N}])(?:a|an|the)(?![\\p{L}\\p{N}])");

  private Answer() {}

  /** The words that are left. */
  static List<String> words(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    String bare = ASCII_PUNCTUATION.matcher(lower).replaceAll("");
    return split(ARTICLE.matcher(bare).replaceAll(" "));
  }

  /** Whether there is nothing but white space. */
  static boolean isBlank(String text) {
    return text.chars().allMatch(c -> isSpace((char) c));
  }

  private static List<String> split(String text) {
    List<String> words = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || isSpace(text.charAt(i))) {
        if (i > start) {
          words.add(text.substring(start, i));
        }
        start = i + 1;
      }
    }
    return words;
  }

  /** White space as Python splits at it: with no-break spaces and the next-line control. */
  private static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
  }
}
