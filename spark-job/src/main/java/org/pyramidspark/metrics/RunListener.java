package org.pyramidspark.metrics;

import java.time.Duration;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;

/** Follows a run's work while its tasks still run, and since when they compute. */
public final class RunListener extends LiveTotals<RunTotals> {
  private long lastIdleNanos = System.nanoTime();

  public RunListener(RunAccumulator accumulator) {
    super(accumulator, RunTotals.class, RunTotals::new, RunTotals::add);
  }

  @Override
  public synchronized void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
    super.onExecutorMetricsUpdate(update);
    if (totals().work().isNone()) {
      lastIdleNanos = System.nanoTime();
    }
  }

  /** Time since the last heartbeat before the first token. */
  public synchronized Duration computing() {
    return Duration.ofNanos(System.nanoTime() - lastIdleNanos);
  }
}
