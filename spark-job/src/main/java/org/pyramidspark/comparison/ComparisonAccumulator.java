package org.pyramidspark.comparison;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.util.function.Consumer;
import org.apache.spark.util.AccumulatorV2;

/**
 * Gathers the totals of a comparison. Counts like {@link org.pyramidspark.metrics.RunAccumulator}
 * each task once. Thread-safe: heartbeats read a task's copy while the task adds to it.
 */
public final class ComparisonAccumulator extends AccumulatorV2<ComparisonTotals, ComparisonTotals> {
  private static final long serialVersionUID = 1L;

  private ComparisonTotals totals = new ComparisonTotals();

  /** Adds something to the totals. */
  public synchronized void add(Consumer<ComparisonTotals> addition) {
    addition.accept(totals);
  }

  @Override
  public synchronized void add(ComparisonTotals added) {
    totals.add(added);
  }

  @Override
  public void merge(AccumulatorV2<ComparisonTotals, ComparisonTotals> other) {
    add(other.value());
  }

  /** A snapshot. */
  @Override
  public synchronized ComparisonTotals value() {
    ComparisonTotals snapshot = new ComparisonTotals();
    snapshot.add(totals);
    return snapshot;
  }

  @Override
  public synchronized boolean isZero() {
    // A heartbeat may look at a copy before it is read to the end.
    return totals == null || totals.isNone();
  }

  @Override
  public AccumulatorV2<ComparisonTotals, ComparisonTotals> copy() {
    ComparisonAccumulator copy = new ComparisonAccumulator();
    copy.totals = value();
    return copy;
  }

  @Override
  public synchronized void reset() {
    totals = new ComparisonTotals();
  }

  private synchronized void writeObject(ObjectOutputStream stream) throws IOException {
    stream.defaultWriteObject();
  }
}
