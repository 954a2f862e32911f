package org.pyramidspark.quality;

import java.io.Serializable;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a task's references look like, which decides how the task is scored where the user does not.
 * Profiles of a task's parts add up to the task's, in any order.
 *
 * @param references how many there are
 * @param letters of these, options of a multiple-choice question and nothing else
 * @param severalLetters of these, more than one option
 * @param words of all, separated by white space
 */
public record ReferenceProfile(long references, long letters, long severalLetters, long words)
    implements Serializable {

  public static final ReferenceProfile NONE = new ReferenceProfile(0, 0, 0, 0);

  /** References with no more words than this on average are short answers. */
  public static final int SHORT_ANSWER_WORDS = 10;

  private static final Pattern OPTIONS = Pattern.compile("[A-D]{1,4}");
  private static final Pattern SPACE = Pattern.compile("\\s+");

  public static ReferenceProfile of(String reference) {
    String text = reference.strip();
    boolean letters = OPTIONS.matcher(text).matches();
    boolean several = letters && text.length() > 1;
    return new ReferenceProfile(
        1, letters ? 1 : 0, several ? 1 : 0, text.isEmpty() ? 0 : SPACE.split(text).length);
  }

  public ReferenceProfile plus(ReferenceProfile other) {
    return new ReferenceProfile(
        references + other.references,
        letters + other.letters,
        severalLetters + other.severalLetters,
        words + other.words);
  }

  /**
   * Multiple choice where all references are options; else ROUGE and F1, and exact match too where
   * they are short answers.
   */
  public Set<Metric> metrics() {
    if (letters == references) {
      return EnumSet.of(Metric.CHOICE);
    }
    EnumSet<Metric> metrics = EnumSet.copyOf(Metric.ROUGE);
    metrics.add(Metric.F1);
    if (words <= SHORT_ANSWER_WORDS * references) {
      metrics.add(Metric.EXACT);
    }
    return metrics;
  }

  /** {@link ChoiceRule#MULTIPLE} where a reference has several options. */
  public ChoiceRule choiceRule() {
    return severalLetters > 0 ? ChoiceRule.MULTIPLE : ChoiceRule.SINGLE;
  }
}
