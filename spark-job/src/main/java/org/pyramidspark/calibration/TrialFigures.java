package org.pyramidspark.calibration;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.pyramidspark.guard.Estimate;

/**
 * One policy over all rows that it was tried on.
 *
 * @param policy as it is written on the command line
 * @param loss of the rows
 * @param agreement mean over rows
 * @param computedFraction mean over rows
 * @param keptFraction mean over rows
 */
public record TrialFigures(
    String policy, Estimate loss, double agreement, double computedFraction, double keptFraction) {

  /**
   * @param trials of one policy, at least one
   */
  public static TrialFigures of(List<RowTrial> trials) {
    Estimate loss = Estimate.NONE;
    for (RowTrial trial : trials) {
      loss = loss.plus(trial.loss());
    }
    return new TrialFigures(
        trials.getFirst().policy(),
        loss,
        mean(trials, RowTrial::agreement),
        mean(trials, RowTrial::computedFraction),
        mean(trials, RowTrial::keptFraction));
  }

  private static double mean(List<RowTrial> trials, ToDoubleFunction<RowTrial> value) {
    return trials.stream().mapToDouble(value).average().orElseThrow();
  }

  /**
   * What is made small: the cache that is kept and the rows that are computed, both as shares of
   * the full cache's, count alike.
   */
  public double cost() {
    return (keptFraction + computedFraction) / 2;
  }
}
