package org.pyramidspark.metrics;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.Success$;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Follows a run's work while its tasks still run: their heartbeats carry the copies of the
 * accumulator as they are. For the progress line only; the report is made of the accumulator
 * itself. Thread-safe: called by Spark's listener thread, read by any.
 */
public final class RunListener extends SparkListener {
  private final RunAccumulator accumulator;
  private final RunTotals endedTasks = new RunTotals();
  private final Map<Long, RunTotals> runningTasks = new HashMap<>();
  private final Set<Long> ended = new HashSet<>();
  private long lastIdleNanos = System.nanoTime();

  public RunListener(RunAccumulator accumulator) {
    this.accumulator = accumulator;
  }

  @Override
  public synchronized void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
    CollectionConverters.asJava(update.accumUpdates())
        .forEach(
            task ->
                totals(CollectionConverters.asJava(task._4()))
                    .ifPresent(totals -> hear((Long) task._1(), totals)));
    if (totals().work().isNone()) {
      lastIdleNanos = System.nanoTime();
    }
  }

  private void hear(long task, RunTotals totals) {
    // A heartbeat may arrive after its task's end.
    if (!ended.contains(task)) {
      runningTasks.put(task, totals);
    }
  }

  private Optional<RunTotals> totals(Iterable<AccumulableInfo> infos) {
    for (AccumulableInfo info : infos) {
      if (info.id() == accumulator.id()
          && info.update().isDefined()
          && info.update().get() instanceof RunTotals totals) {
        return Optional.of(totals);
      }
    }
    return Optional.empty();
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
    long task = end.taskInfo().taskId();
    ended.add(task);
    runningTasks.remove(task);
    if (end.reason() instanceof Success$) {
      // Spark lists the update of an attempt only if it is the one that counts.
      totals(CollectionConverters.asJava(end.taskInfo().accumulables())).ifPresent(endedTasks::add);
    }
  }

  /** Totals of the tasks that have ended well and of those that run, as last heard of. */
  public synchronized RunTotals totals() {
    RunTotals totals = new RunTotals();
    totals.add(endedTasks);
    runningTasks.values().forEach(totals::add);
    return totals;
  }

  /** Time since the last heartbeat before the first token. */
  public synchronized Duration computing() {
    return Duration.ofNanos(System.nanoTime() - lastIdleNanos);
  }
}
