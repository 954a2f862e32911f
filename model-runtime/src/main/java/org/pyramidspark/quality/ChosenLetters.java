package org.pyramidspark.quality;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the options A to D out of answers, step by step as L-Eval's own evaluation (arXiv
 * 2307.11088) does, with its guess where an answer names none.
 */
final class ChosenLetters {
  private static final String OPTIONS = "ABCD";
  private static final String GUESS = "A";

  /** A letter as lists of options have it: {@code B.}, {@code B)}, or a space after it. */
  private static final Pattern LISTED =
      Pattern.compile("[A-D](?=[\\s.)])", Pattern.UNICODE_CHARACTER_CLASS);

  /** Where a model that was to stop goes on with the next question. */
  private static final String NEXT_QUESTION = "Question";

  private ChosenLetters() {}

  /** The right letters, in the reference's order: those of its first word; empty if it has none. */
  static String expected(String reference) {
    String[] words = reference.strip().split("\\s+", 2);
    return words[0].replaceAll("[^A-D]", "");
  }

  /** The letters that an answer chooses; empty for an answer of white space only. */
  static String answered(String answer, ChoiceRule rule) {
    if (Answer.isBlank(answer)) {
      return "";
    }
    if (OPTIONS.contains(answer)) {
      return answer;
    }
    String letters = rule == ChoiceRule.SINGLE ? first(answer) : several(answer);
    return letters.isEmpty() ? GUESS : letters;
  }

  private static String first(String answer) {
    return answer
        .chars()
        .filter(c -> OPTIONS.indexOf(c) >= 0)
        .mapToObj(Character::toString)
        .findFirst()
        .orElse("");
  }

  /**
   * A run of letters at the very start; if that is one letter or none, it and all letters that are
   * listed after it; if there are none, the first run of letters anywhere.
   */
  private static String several(String answer) {
    String start = run(answer, 0);
    if (start.length() > 1) {
      return sorted(start);
    }
    String rest = answer.substring(start.length());
    int next = rest.indexOf(NEXT_QUESTION);
    String own = next < 0 ? rest : rest.substring(0, next);
    StringBuilder letters = new StringBuilder(start);
    Matcher listed = LISTED.matcher(own);
    while (listed.find()) {
      letters.append(listed.group());
    }
    return letters.isEmpty() ? firstRun(own) : sorted(letters.toString());
  }

  private static String firstRun(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (OPTIONS.indexOf(text.charAt(i)) >= 0) {
        return run(text, i);
      }
    }
    return "";
  }

  private static String run(String text, int start) {
    int end = start;
    while (end < text.length() && OPTIONS.indexOf(text.charAt(end)) >= 0) {
      end++;
    }
    return text.substring(start, end);
  }

  private static String sorted(String letters) {
    StringBuilder sorted = new StringBuilder();
    letters.chars().sorted().distinct().forEach(c -> sorted.append((char) c));
    return sorted.toString();
  }
}
