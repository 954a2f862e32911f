package org.pyramidspark.quality;

import java.util.OptionalDouble;

/**
 * Scores answers to questions with options A to D as L-Eval's exams are scored (arXiv 2307.11088):
 * 1 for the right letters, 0.25 for some of them and no wrong one, else 0. Safe for use by many
 * threads.
 */
public final class MultipleChoice {
  private static final double SOME = 0.25;

  /** Empty where the reference's first word has none of the letters A to D. */
  public OptionalDouble score(String answer, String reference, ChoiceRule rule) {
    String expected = ChosenLetters.expected(reference);
    return expected.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(score(ChosenLetters.answered(answer, rule), expected));
  }

  private static double score(String letters, String expected) {
    if (letters.equals(expected)) {
      return 1;
    }
    boolean allRight = letters.chars().allMatch(letter -> expected.indexOf(letter) >= 0);
    return allRight && !letters.isEmpty() ? SOME : 0;
  }
}
