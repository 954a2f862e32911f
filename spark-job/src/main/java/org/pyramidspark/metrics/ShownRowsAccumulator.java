package org.pyramidspark.metrics;

import org.apache.spark.util.AccumulatorV2;

/**
 * Gathers the rows that a report shows. A task adds its rows all at once, when it has ended: texts
 * would be a burden to the heartbeats, which carry what a task has added so far. Counts like {@link
 * RunAccumulator} each task once. Thread-safe.
 */
public final class ShownRowsAccumulator extends AccumulatorV2<ShownRows, ShownRows> {
  private static final long serialVersionUID = 1L;

  private final RowSample sample;
  private ShownRows shown;

  public ShownRowsAccumulator(RowSample sample) {
    this.sample = sample;
    this.shown = new ShownRows(sample);
  }

  /** Which completed rows are to be shown. */
  public RowSample sample() {
    return sample;
  }

  @Override
  public synchronized void add(ShownRows rows) {
    shown.add(rows);
  }

  @Override
  public void merge(AccumulatorV2<ShownRows, ShownRows> other) {
    add(other.value());
  }

  /** A snapshot. */
  @Override
  public synchronized ShownRows value() {
    ShownRows snapshot = new ShownRows(sample);
    snapshot.add(shown);
    return snapshot;
  }

  @Override
  public synchronized boolean isZero() {
    // As in RunAccumulator: a heartbeat may look at a copy before it is read to the end.
    return shown == null || shown.isEmpty();
  }

  @Override
  public AccumulatorV2<ShownRows, ShownRows> copy() {
    ShownRowsAccumulator copy = new ShownRowsAccumulator(sample);
    copy.shown = value();
    return copy;
  }

  @Override
  public synchronized void reset() {
    shown = new ShownRows(sample);
  }
}
