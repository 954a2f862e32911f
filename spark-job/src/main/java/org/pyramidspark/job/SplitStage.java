package org.pyramidspark.job;

import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;
import org.pyramidspark.commit.CommittedSplits;
import org.pyramidspark.executor.PartitionRunner;
import org.pyramidspark.metrics.Progress;
import org.pyramidspark.metrics.ProgressLine;
import org.pyramidspark.metrics.RunAccumulator;
import org.pyramidspark.metrics.RunListener;
import org.pyramidspark.metrics.RunTotals;
import org.pyramidspark.metrics.WorkForecast;
import org.pyramidspark.monitoring.RunMonitor;
import org.pyramidspark.monitoring.RunMonitor.RunLabel;
import org.pyramidspark.prompts.Split;

/**
 * The stage that completes splits, with its progress line. What its tasks have done is read from
 * the run's folder: accumulators tell how far it is, and nothing more.
 *
 * @param spark runs it
 * @param label what Spark's pages call the run
 * @param console shows progress
 */
record SplitStage(JavaSparkContext spark, RunLabel label, GenerateJob.Console console) {

  /** Makes the task, once there is something that counts its rows. */
  interface Task {
    PartitionRunner with(RunAccumulator totals);
  }

  /**
   * Completes all splits that are not committed.
   *
   * @param rows of the run
   * @param workBytes of the run
   * @throws IOException if a split is not committed after that
   */
  void run(CommittedSplits committed, long rows, long workBytes, Task task) throws IOException {
    RunAccumulator totals = new RunAccumulator();
    spark.sc().register(totals, "rows");
    RunListener listener = new RunListener(totals);
    spark.sc().addSparkListener(listener);
    WorkForecast forecast = new WorkForecast(rows, workBytes, committed.sums().totals());
    AtomicReference<RunTotals> ended = new AtomicReference<>();
    long start = System.nanoTime();
    Supplier<Progress> progress =
        () ->
            progress(forecast, ended.get(), listener, Duration.ofNanos(System.nanoTime() - start));
    try (RunMonitor monitor = RunMonitor.start(spark.sc(), label, listener, rows);
        ProgressLine line = ProgressLine.start(progress, console.out(), console.terminal())) {
      // The largest first: what is left for the end is small.
      List<Split> pending =
          committed.pending().stream()
              .sorted(Comparator.comparingLong(Split::cost).reversed())
              .toList();
      if (!pending.isEmpty()) {
        PartitionRunner runner = task.with(totals);
        runner
            .engine()
            .devices()
            .stage(spark.parallelize(pending, pending.size()))
            .foreachPartition(runner);
      }
      committed.readRest();
      ended.set(committed.sums().totals());
    } finally {
      spark.sc().removeSparkListener(listener);
    }
  }

  /**
   * @param ended exact totals of all splits; null while tasks run
   */
  private static Progress progress(
      WorkForecast forecast, RunTotals ended, RunListener listener, Duration elapsed) {
    return ended == null
        ? forecast.underWay(listener.totals(), elapsed, listener.computing())
        : forecast.ended(ended, elapsed, listener.computing());
  }
}
