package org.pyramidspark.metrics;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.spark.util.AccumulatorV2;
import org.pyramidspark.guard.GuardReading;

/**
 * Gathers a run's totals. Each task adds to its own copy; Spark's driver merges a copy when, and
 * only when, its task is the first of its partition to succeed in the result stage. The runner's
 * tasks are that stage (nothing is shuffled after them), so retried, failed and speculative
 * attempts do not count.
 *
 * <p>Thread-safe: heartbeats read a task's copy while the task adds to it. They also carry how far
 * the task is with rows that are not finished, asked for at that moment.
 */
public final class RunAccumulator extends AccumulatorV2<RowMeasure, RunTotals> {
  private static final long serialVersionUID = 1L;

  private RunTotals totals = new RunTotals();
  private transient Supplier<TaskWork> watched;
  private transient Supplier<Map.Entry<String, GuardReading>> watchedGuard;
  private transient Supplier<Map.Entry<String, EngineLoad>> watchedLoad;

  @Override
  public synchronized void add(RowMeasure measure) {
    totals.add(measure);
  }

  public synchronized void add(EngineReading reading) {
    totals.add(reading);
  }

  /** Adds what another attempt at the task's work did. */
  public synchronized void add(RunTotals others) {
    totals.add(others);
  }

  /** Asks for a task's work whenever somebody looks; the supplier is called by any thread. */
  public synchronized void watch(Supplier<TaskWork> work) {
    watched = work;
  }

  /** As {@link #watch(Supplier)}, asks for the reading of an engine's guard. */
  public synchronized void watch(String engine, Supplier<GuardReading> guard) {
    watchedGuard = () -> Map.entry(engine, guard.get());
  }

  /** As {@link #watch(Supplier)}, asks for what an engine's KV cache holds. */
  public synchronized void watchLoad(String engine, Supplier<EngineLoad> load) {
    watchedLoad = () -> Map.entry(engine, load.get());
  }

  /** Keeps the task's work and the guard's reading as they are now. */
  public synchronized void endWatch() {
    look();
    watched = null;
    watchedGuard = null;
    watchedLoad = null;
    totals.endLoads();
  }

  private void look() {
    if (watched != null) {
      totals.set(watched.get());
    }
    if (watchedGuard != null) {
      Map.Entry<String, GuardReading> guard = watchedGuard.get();
      totals.add(guard.getKey(), guard.getValue());
    }
    if (watchedLoad != null) {
      Map.Entry<String, EngineLoad> load = watchedLoad.get();
      totals.add(load.getKey(), load.getValue());
    }
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
    look();
    RunTotals snapshot = new RunTotals();
    snapshot.add(totals);
    return snapshot;
  }

  @Override
  public synchronized boolean isZero() {
    if (totals == null) {
      // Spark's part of a copy is read first and makes it known to its task: a heartbeat may look
      // before ours is read, and heartbeats end for good if this fails.
      return true;
    }
    look();
    return totals.rows() == 0 && totals.engines().isEmpty() && totals.work().isNone();
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
    watched = null;
    watchedGuard = null;
    watchedLoad = null;
  }

  private synchronized void writeObject(ObjectOutputStream stream) throws IOException {
    look();
    stream.defaultWriteObject();
  }
}
