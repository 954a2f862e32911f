package org.pyramidspark.evaluation;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.pyramidspark.quality.Metric;

/**
 * What an evaluation found.
 *
 * @param overall figures of all rows together
 * @param tasks figures of each task
 * @param plans how each task was scored
 */
public record EvaluationResult(
    TaskFigures overall, SortedMap<String, TaskFigures> tasks, Map<String, TaskPlan> plans) {

  /** Counts of all rows. */
  public EvaluationReport.Rows rows() {
    return EvaluationReport.rows(overall);
  }

  /** Figures of all rows by metric. */
  public Map<String, EvaluationReport.Figures> overallFigures() {
    return EvaluationReport.byLabel(overall.metrics());
  }

  /** Figures of each task, by name. */
  public List<EvaluationReport.Task> taskFigures() {
    return tasks.entrySet().stream().map(task -> task(task.getKey(), task.getValue())).toList();
  }

  private EvaluationReport.Task task(String name, TaskFigures figures) {
    boolean choice = figures.metrics().containsKey(Metric.CHOICE);
    return new EvaluationReport.Task(
        name,
        EvaluationReport.rows(figures),
        choice ? plans.get(name).rule().label() : null,
        EvaluationReport.byLabel(figures.metrics()));
  }

  long scoredRows() {
    return overall.rows().getOrDefault(RowStatus.SCORED, 0L);
  }
}
