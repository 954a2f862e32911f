package org.pyramidspark.evaluation;

import java.io.Serializable;
import java.util.EnumMap;
import java.util.Map;
import org.pyramidspark.quality.Metric;
import org.pyramidspark.quality.ResampledSums;

/**
 * Counts and sums of a task's rows, or of all rows. Those of parts add up to the whole's, bit for
 * bit in any order. Not thread-safe.
 */
final class TaskSums implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int resamples;
  private final EnumMap<RowStatus, Long> rows = new EnumMap<>(RowStatus.class);
  private final EnumMap<Metric, ResampledSums> run = new EnumMap<>(Metric.class);
  private final EnumMap<Metric, ResampledSums> against = new EnumMap<>(Metric.class);
  private long emptyTexts;

  TaskSums(int resamples) {
    this.resamples = resamples;
  }

  /**
   * Adds a row.
   *
   * @param weights how often each resample draws it
   */
  void add(ScoredRow row, int[] weights) {
    rows.merge(row.status(), 1L, Long::sum);
    emptyTexts += row.emptyText() ? 1 : 0;
    add(run, row.scores(), weights);
    add(against, row.against(), weights);
  }

  private void add(Map<Metric, ResampledSums> sums, Map<Metric, Double> scores, int[] weights) {
    scores.forEach((metric, score) -> of(metric, sums).add(score, weights));
  }

  private ResampledSums of(Metric metric, Map<Metric, ResampledSums> sums) {
    return sums.computeIfAbsent(metric, key -> new ResampledSums(resamples));
  }

  /** Both together, in new sums. */
  TaskSums plus(TaskSums other) {
    TaskSums both = new TaskSums(resamples);
    both.add(this);
    both.add(other);
    return both;
  }

  private void add(TaskSums other) {
    other.rows.forEach((status, count) -> rows.merge(status, count, Long::sum));
    emptyTexts += other.emptyTexts;
    other.run.forEach((metric, sums) -> of(metric, run).add(sums));
    other.against.forEach((metric, sums) -> of(metric, against).add(sums));
  }

  /** What the report says of them. */
  TaskFigures figures() {
    EnumMap<Metric, MetricFigures> metrics = new EnumMap<>(Metric.class);
    run.forEach((metric, sums) -> metrics.put(metric, MetricFigures.of(sums, against.get(metric))));
    return new TaskFigures(rows, emptyTexts, metrics);
  }
}
