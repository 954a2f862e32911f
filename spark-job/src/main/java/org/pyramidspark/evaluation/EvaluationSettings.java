package org.pyramidspark.evaluation;

import java.util.Optional;
import java.util.Set;
import org.pyramidspark.quality.ChoiceRule;
import org.pyramidspark.quality.Metric;
import org.pyramidspark.quality.RougeWords;

/**
 * How an evaluation goes about it.
 *
 * @param reading how rows are read
 * @param taskFieldGiven whether the user has named the field of tasks
 * @param metrics by which all tasks are scored, if not by what their references look like
 * @param choiceRule how all answers are read, if not by what the references look like
 * @param words what counts as a word for ROUGE
 * @param bootstrap how rows are resampled
 */
public record EvaluationSettings(
    RowReading reading,
    boolean taskFieldGiven,
    Optional<Set<Metric>> metrics,
    Optional<ChoiceRule> choiceRule,
    RougeWords words,
    Bootstrap bootstrap) {

  TaskPlan plan(TaskProfile profile) {
    return new TaskPlan(
        metrics.orElseGet(profile.references()::metrics),
        choiceRule.orElseGet(profile.references()::choiceRule));
  }
}
