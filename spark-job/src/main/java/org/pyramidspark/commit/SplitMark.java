package org.pyramidspark.commit;

import java.util.Set;

/**
 * What an attempt at a split tells those after it, should its JVM die. Rows are numbers in the
 * order in which the split is read, from 0.
 *
 * @param split its number
 * @param application of Spark's that runs the attempt
 * @param executor that runs it
 * @param version how many marks the attempt has written before
 * @param begun rows under work
 * @param suspects rows that were under work when a JVM died, and have not been completed since
 * @param quarantined rows that were alone under work when a JVM died
 */
record SplitMark(
    int split,
    String application,
    String executor,
    long version,
    Set<Long> begun,
    Set<Long> suspects,
    Set<Long> quarantined) {

  SplitMark {
    begun = Set.copyOf(begun);
    suspects = Set.copyOf(suspects);
    quarantined = Set.copyOf(quarantined);
  }

  SplitMark later(SplitMark other) {
    return version > other.version ? this : other;
  }

  /** Whether the one row under work was alone because it was suspected. */
  boolean convicts() {
    return begun.size() == 1 && suspects.containsAll(begun);
  }

  /** Whether it tells later attempts anything, as long as its JVM lives. */
  boolean isEmpty() {
    return suspects.isEmpty() && quarantined.isEmpty();
  }
}
