package org.pyramidspark.comparison;

import java.io.Serializable;
import org.pyramidspark.comparison.ComparisonReport.Difference;
import org.pyramidspark.comparison.ComparisonReport.Mean;
import org.pyramidspark.comparison.ComparisonReport.Rouge;
import org.pyramidspark.quality.ResampledSums;

/** Sums of F-measures over rows and their resamples. Not thread-safe. */
final class RougeSums implements Serializable {
  private static final long serialVersionUID = 1L;

  private final ResampledSums rouge1 = new ResampledSums(QualitySums.RESAMPLES);
  private final ResampledSums rouge2 = new ResampledSums(QualitySums.RESAMPLES);
  private final ResampledSums rougeL = new ResampledSums(QualitySums.RESAMPLES);

  void add(ComparedRow.Rouge scores, int[] draws) {
    rouge1.add(scores.rouge1(), draws);
    rouge2.add(scores.rouge2(), draws);
    rougeL.add(scores.rougeL(), draws);
  }

  void add(RougeSums other) {
    rouge1.add(other.rouge1);
    rouge2.add(other.rouge2);
    rougeL.add(other.rougeL);
  }

  /**
   * Null without rows.
   *
   * @param full those of the full cache, or these if there is nothing to compare with
   */
  Rouge figures(RougeSums full) {
    return rouge1.rows() == 0
        ? null
        : new Rouge(
            rouge1.rows(),
            Mean.of(rouge1),
            Mean.of(rouge2),
            Mean.of(rougeL),
            full == this ? null : Difference.of(rougeL, full.rougeL));
  }
}
