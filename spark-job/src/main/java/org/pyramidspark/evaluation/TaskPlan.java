package org.pyramidspark.evaluation;

import java.io.Serializable;
import java.util.Set;
import org.pyramidspark.quality.ChoiceRule;
import org.pyramidspark.quality.Metric;

/**
 * How a task is scored.
 *
 * @param metrics by which
 * @param rule how answers to multiple-choice questions are read
 */
record TaskPlan(Set<Metric> metrics, ChoiceRule rule) implements Serializable {}
