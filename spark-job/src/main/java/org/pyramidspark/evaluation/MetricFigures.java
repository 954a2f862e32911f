package org.pyramidspark.evaluation;

import java.io.Serializable;
import org.pyramidspark.quality.Estimate;
import org.pyramidspark.quality.PairedDifference;
import org.pyramidspark.quality.ResampledSums;

/**
 * The figures of one metric.
 *
 * @param run the mean of the completions
 * @param against that of the run compared with; null without one
 * @param difference how much higher the former is; null without a run compared with
 */
record MetricFigures(Estimate run, Estimate against, PairedDifference difference)
    implements Serializable {

  static MetricFigures of(ResampledSums run, ResampledSums against) {
    return against == null
        ? new MetricFigures(run.estimate(), null, null)
        : new MetricFigures(run.estimate(), against.estimate(), run.minus(against));
  }
}
