package org.pyramidspark.comparison;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.util.function.Consumer;
import org.apache.spark.util.AccumulatorV2;
import org.pyramidspark.metrics.RowSample;

/**
 * Gathers the totals of a comparison. Counts like {@link org.pyramidspark.metrics.RunAccumulator}
 * each task once. Thread-safe: heartbeats read a task's copy while the task adds to it.
 */
public final class ComparisonAccumulator extends AccumulatorV2<ComparisonTotals, ComparisonTotals> {
  private static final long serialVersionUID = 1L;

  private final RowSample shown;
  private ComparisonTotals totals;

  /**
   * @param shown which compared rows the report shows
   */
  public ComparisonAccumulator(RowSample shown) {
    this.shown = shown;
    this.totals = new ComparisonTotals(shown);
  }

  /** Which compared rows the report shows. */
  public RowSample shown() {
    return shown;
  }

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
    ComparisonTotals snapshot = new ComparisonTotals(shown);
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
    ComparisonAccumulator copy = new ComparisonAccumulator(shown);
    copy.totals = value();
    return copy;
  }

  @Override
  public synchronized void reset() {
    totals = new ComparisonTotals(shown);
  }

  private synchronized void writeObject(ObjectOutputStream stream) throws IOException {
    stream.defaultWriteObject();
  }
}
