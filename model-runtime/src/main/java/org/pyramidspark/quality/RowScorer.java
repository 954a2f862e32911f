package org.pyramidspark.quality;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/**
 * Scores a row by several metrics. Work arrays are kept between calls, so an instance belongs to
 * one thread.
 */
public final class RowScorer {
  private final Rouge rouge;
  private final TokenF1 f1 = new TokenF1();
  private final ExactMatch exact = new ExactMatch();
  private final MultipleChoice choice = new MultipleChoice();

  /**
   * @param words what counts as a word for ROUGE
   */
  public RowScorer(RougeWords words) {
    this.rouge = new Rouge(words);
  }

  /**
   * Scores from 0 to 1. A metric is left out where it does not apply: {@link Metric#CHOICE} for a
   * reference without a letter.
   */
  public Map<Metric, Double> score(
      Set<Metric> metrics, ChoiceRule rule, String prediction, String reference) {
    EnumMap<Metric, Double> scores = new EnumMap<>(Metric.class);
    if (!Collections.disjoint(metrics, Metric.ROUGE)) {
      add(scores, rouge.score(prediction, reference));
    }
    if (metrics.contains(Metric.F1)) {
      scores.put(Metric.F1, f1.score(prediction, reference).f1());
    }
    if (metrics.contains(Metric.EXACT)) {
      scores.put(Metric.EXACT, exact.score(prediction, reference));
    }
    if (metrics.contains(Metric.CHOICE)) {
      choice
          .score(prediction, reference, rule)
          .ifPresent(score -> scores.put(Metric.CHOICE, score));
    }
    scores.keySet().retainAll(metrics);
    return scores;
  }

  private static void add(Map<Metric, Double> scores, RougeScores rouge) {
    scores.put(Metric.ROUGE_1, rouge.rouge1().f1());
    scores.put(Metric.ROUGE_2, rouge.rouge2().f1());
    scores.put(Metric.ROUGE_L, rouge.rougeL().f1());
    scores.put(Metric.ROUGE_L_SUM, rouge.rougeLsum().f1());
  }
}
