package org.pyramidspark.quality;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What counts as a word for ROUGE. Both choices compare in lower case and do not stem. */
public enum RougeWords {
  /**
   * Runs of {@code [a-z0-9]}, as Python's rouge-score 0.1.2 has it. Published scores are made this
   * way. Letters of other scripts, and letters with accents, separate words and score nothing.
   */
  ASCII("ascii", "[a-z0-9]+") {
    @Override
    String fold(String text) {
      return text.toLowerCase(Locale.ROOT);
    }
  },

  /**
   * Runs of letters, marks and digits of any script. Scripts that put no space between words (Han,
   * kana, Thai, Lao, Khmer, Burmese) give one word for each letter with its marks. Composed and
   * decomposed accents are the same.
   */
  UNICODE(
      "unicode",
      "[\\p{L}&&["
          + Scripts.UNSPACED
          + "]]\\p{M}*"
          + ("|[\\p{L}\\p{N}&&[^" + Scripts.UNSPACED + "]]")
          + ("[\\p{L}\\p{M}\\p{N}&&[^" + Scripts.UNSPACED + "]]*")) {
    @Override
    String fold(String text) {
      return Normalizer.normalize(text, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
    }
  };

  private final String label;
  private final Pattern word;

  RougeWords(String label, String word) {
    this.label = label;
    this.word = Pattern.compile(word);
  }

  /** The name in options. */
  public String label() {
    return label;
  }

  abstract String fold(String text);

  /** The words of a text, in order. */
  public List<String> of(String text) {
    List<String> words = new ArrayList<>();
    Matcher matcher = word.matcher(fold(text));
    while (matcher.find()) {
      words.add(matcher.group());
    }
    return words;
  }

  private static final class Scripts {
    static final String UNSPACED =
        "\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}\\p{IsThai}\\p{IsLao}\\p{IsKhmer}\\p{IsMyanmar}";
  }
}
