package org.pyramidspark.metrics;

import java.io.IOException;
import java.io.ObjectOutputStream;
import org.apache.spark.util.AccumulatorV2;

/**
 * Gathers a run's totals. Each task adds to its own copy; Spark's driver merges a copy when, and
 * only when, its task is the first of its partition to succeed in the result stage. The runner's
 * tasks are that stage (nothing is shuffled after them), so retried, failed and speculative
 * attempts do not count.
 *
 * <p>Thread-safe: heartbeats read a task's copy while the task adds to it.
 */
public final class RunAccumulator extends AccumulatorV2<RowMeasure, RunTotals> {
  private static final long serialVersionUID = 1L;

  private RunTotals totals = new RunTotals();

  @Override
  public synchronized void add(RowMeasure measure) {
    totals.add(measure);
  }

  public synchronized void add(EngineReading reading) {
    totals.add(reading);
  }

  @Override
  public void merge(AccumulatorV2<RowMeasure, RunTotals> other) {
    RunTotals added = other.value();
    synchronized (this) {
      totals.add(added);
    }
  }

  /** A snapshot. */
  @Override
  public synchronized RunTotals value() {
    RunTotals snapshot = new RunTotals();
    snapshot.add(totals);
    return snapshot;
  }

  @Override
  public synchronized boolean isZero() {
    return totals.rows() == 0 && totals.engines().isEmpty();
  }

  @Override
  public AccumulatorV2<RowMeasure, RunTotals> copy() {
    RunAccumulator copy = new RunAccumulator();
    copy.totals = value();
    return copy;
  }

  @Override
  public synchronized void reset() {
    totals = new RunTotals();
  }

  private synchronized void writeObject(ObjectOutputStream stream) throws IOException {
    stream.defaultWriteObject();
  }
}
