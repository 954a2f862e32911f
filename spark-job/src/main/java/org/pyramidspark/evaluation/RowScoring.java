package org.pyramidspark.evaluation;

import java.util.Iterator;
import java.util.Map;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.pyramidspark.quality.Metric;
import org.pyramidspark.quality.RougeWords;
import org.pyramidspark.quality.RowScorer;

/**
 * Scores the rows of a partition one by one.
 *
 * @param plans how each task is scored
 * @param words what counts as a word for ROUGE
 */
record RowScoring(Map<String, TaskPlan> plans, RougeWords words)
    implements FlatMapFunction<Iterator<JoinedRow>, ScoredRow> {

  @Override
  public Iterator<ScoredRow> call(Iterator<JoinedRow> rows) {
    RowScorer scorer = new RowScorer(words);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public ScoredRow next() {
        return scored(rows.next(), scorer);
      }
    };
  }

  private ScoredRow scored(JoinedRow row, RowScorer scorer) {
    return new ScoredRow(
        row.id(),
        row.task(),
        row.status(),
        row.problem(),
        row.text() != null && row.text().isBlank(),
        scores(row, row.text(), scorer),
        scores(row, row.against(), scorer));
  }

  private Map<Metric, Double> scores(JoinedRow row, String text, RowScorer scorer) {
    if (text == null) {
      return Map.of();
    }
    TaskPlan plan = plans.get(row.task());
    return scorer.score(plan.metrics(), plan.rule(), text, row.reference());
  }
}
