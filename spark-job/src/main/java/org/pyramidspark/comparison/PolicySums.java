package org.pyramidspark.comparison;

import java.io.Serializable;
import org.pyramidspark.comparison.ComparisonReport.Kv;

/** What all rows cost one policy, in sums. Not thread-safe. */
final class PolicySums implements Serializable {
  private static final long serialVersionUID = 1L;

  private PassTime time = PassTime.NONE;
  private long rows;
  private long promptTokens;
  private double keptTokens;
  private double computedTokens;
  private long kvBytes;

  void add(ComparedRow row) {
    rows++;
    promptTokens += row.promptTokens();
    keptTokens += row.kv().keptFraction() * row.promptTokens();
    computedTokens += row.kv().computedFraction() * row.promptTokens();
    kvBytes += row.kv().bytes();
  }

  void add(PassTime more) {
    time = time.plus(more);
  }

  void add(PolicySums other) {
    time = time.plus(other.time);
    rows += other.rows;
    promptTokens += other.promptTokens;
    keptTokens += other.keptTokens;
    computedTokens += other.computedTokens;
    kvBytes += other.kvBytes;
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
}
