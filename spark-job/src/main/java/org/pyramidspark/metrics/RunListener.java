package org.pyramidspark.metrics;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Follows a run's rows while its tasks still run: their heartbeats carry the copies of the
 * accumulator as they are. For the progress line only; the report is made of the accumulator
 * itself. Called by Spark's listener thread, read by any.
 */
public final class RunListener extends SparkListener {
  private final RunAccumulator accumulator;
  private final Map<Long, RunTotals> runningTasks = new ConcurrentHashMap<>();

  public RunListener(RunAccumulator accumulator) {
    this.accumulator = accumulator;
  }

  @Override
  public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
    CollectionConverters.asJava(update.accumUpdates())
        .forEach(
            task ->
                totals(CollectionConverters.asJava(task._4()))
                    .ifPresent(totals -> runningTasks.put((Long) task._1(), totals)));
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
  public void onTaskEnd(SparkListenerTaskEnd end) {
    runningTasks.remove(end.taskInfo().taskId());
  }

  /** Finished tasks' rows and those of running ones, as last heard of. */
  public RunTotals totals() {
    RunTotals totals = accumulator.value();
    runningTasks.values().forEach(totals::add);
    return totals;
  }
}
