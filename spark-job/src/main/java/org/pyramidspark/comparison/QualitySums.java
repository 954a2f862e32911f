package org.pyramidspark.comparison;

import java.io.Serializable;
import org.pyramidspark.comparison.ComparisonReport.Difference;
import org.pyramidspark.comparison.ComparisonReport.Divergence;
import org.pyramidspark.comparison.ComparisonReport.Likelihood;
import org.pyramidspark.comparison.ComparisonReport.Mean;
import org.pyramidspark.comparison.ComparisonReport.Rouge;
import org.pyramidspark.quality.ResampledSums;

/**
 * How close one policy stays to the full cache and to the references, in sums over rows and their
 * resamples. Those of parts add up to the whole's, bit for bit in any order. Not thread-safe.
 */
final class QualitySums implements Serializable {
  private static final long serialVersionUID = 1L;

  /** As many as {@code evaluate} makes by default. */
  static final int RESAMPLES = 1000;

  private final ResampledSums kl = new ResampledSums(RESAMPLES);
  private final ResampledSums agreement = new ResampledSums(RESAMPLES);
  private final ResampledSums surprise = new ResampledSums(RESAMPLES);
  private final RougeSums rouge = new RougeSums();
  private final RougeSums rougeToFull = new RougeSums();
  private double worstKl;

  /**
   * Adds a row.
   *
   * @param draws how often each resample draws it; the same under every policy
   */
  void add(ComparedRow row, int[] draws) {
    kl.add(row.divergence().meanKl(), draws);
    agreement.add(row.divergence().agreement(), draws);
    worstKl = Math.max(worstKl, row.divergence().worstKl());
    if (row.reference() != null) {
      surprise.add(row.reference().nll(), row.reference().tokens(), draws);
    }
    if (row.rouge() != null) {
      rouge.add(row.rouge(), draws);
    }
    if (row.rougeToFull() != null) {
      rougeToFull.add(row.rougeToFull(), draws);
    }
  }

  /** Both together, in new sums. */
  QualitySums plus(QualitySums other) {
    QualitySums both = new QualitySums();
    both.add(this);
    both.add(other);
    return both;
  }

  private void add(QualitySums other) {
    kl.add(other.kl);
    agreement.add(other.agreement);
    surprise.add(other.surprise);
    rouge.add(other.rouge);
    rougeToFull.add(other.rougeToFull);
    worstKl = Math.max(worstKl, other.worstKl);
  }

  /** Null without rows. */
  Divergence divergence() {
    return kl.rows() == 0 ? null : new Divergence(Mean.of(kl), worstKl, Mean.of(agreement));
  }

  /** How much higher the KL divergence is than another policy's, over the same rows. */
  Difference klOver(QualitySums other) {
    return Difference.of(kl, other.kl);
  }

  /** Null without references. */
  Likelihood likelihood(QualitySums full) {
    if (surprise.rows() == 0) {
      return null;
    }
    Mean nll = Mean.of(surprise);
    return new Likelihood(
        surprise.rows(),
        surprise.parts(),
        nll,
        nll.exponential(),
        full == this ? null : Difference.of(surprise, full.surprise));
  }

  /** Null without references. */
  Rouge rouge(QualitySums full) {
    return rouge.figures(full.rouge);
  }

  /** Null for the full cache. */
  Rouge rougeToFull() {
    return rougeToFull.figures(rougeToFull);
  }
}
