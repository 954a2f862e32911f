package org.pyramidspark.comparison;

import java.io.Serializable;
import org.pyramidspark.comparison.ComparisonReport.Divergence;
import org.pyramidspark.comparison.ComparisonReport.Kv;
import org.pyramidspark.comparison.ComparisonReport.Likelihood;

/** What one policy did with all rows, in sums. Not thread-safe. */
final class PolicySums implements Serializable {
  private static final long serialVersionUID = 1L;

  private final RowMean kl = new RowMean(Double.POSITIVE_INFINITY);
  private final RowMean agreement = new RowMean(1);
  private final RougeSums rouge = new RougeSums();
  private final RougeSums rougeToFull = new RougeSums();
  private PassTime time = PassTime.NONE;
  private long rows;
  private long promptTokens;
  private double keptTokens;
  private double computedTokens;
  private long kvBytes;
  private double worstKl;
  private long referenceRows;
  private long referenceTokens;
  private double surprise;

  void add(ComparedRow row) {
    rows++;
    promptTokens += row.promptTokens();
    keptTokens += row.kv().keptFraction() * row.promptTokens();
    computedTokens += row.kv().computedFraction() * row.promptTokens();
    kvBytes += row.kv().bytes();
    kl.add(row.divergence().meanKl());
    agreement.add(row.divergence().agreement());
    worstKl = Math.max(worstKl, row.divergence().worstKl());
    if (row.reference() != null) {
      referenceRows++;
      referenceTokens += row.reference().tokens();
      surprise += row.reference().nll() * row.reference().tokens();
    }
    if (row.rouge() != null) {
      rouge.add(row.rouge());
    }
    if (row.rougeToFull() != null) {
      rougeToFull.add(row.rougeToFull());
    }
  }

  void add(PassTime more) {
    time = time.plus(more);
  }

  void add(PolicySums other) {
    kl.add(other.kl);
    agreement.add(other.agreement);
    rouge.add(other.rouge);
    rougeToFull.add(other.rougeToFull);
    time = time.plus(other.time);
    rows += other.rows;
    promptTokens += other.promptTokens;
    keptTokens += other.keptTokens;
    computedTokens += other.computedTokens;
    kvBytes += other.kvBytes;
    worstKl = Math.max(worstKl, other.worstKl);
    referenceRows += other.referenceRows;
    referenceTokens += other.referenceTokens;
    surprise += other.surprise;
  }

  PassTime time() {
    return time;
  }

  /** Null without rows. */
  Kv kv(PolicySums full) {
    return rows == 0
        ? null
        : new Kv(
            keptTokens / promptTokens,
            computedTokens / promptTokens,
            kvBytes,
            (double) kvBytes / full.kvBytes);
  }

  /** Null without rows. */
  Divergence divergence() {
    return rows == 0 ? null : new Divergence(kl.figure(), worstKl, agreement.figure());
  }

  /** Null without references. */
  Likelihood likelihood() {
    if (referenceTokens == 0) {
      return null;
    }
    double nll = surprise / referenceTokens;
    return new Likelihood(referenceRows, referenceTokens, nll, Math.exp(nll));
  }

  RougeSums rouge() {
    return rouge;
  }

  RougeSums rougeToFull() {
    return rougeToFull;
  }
}
