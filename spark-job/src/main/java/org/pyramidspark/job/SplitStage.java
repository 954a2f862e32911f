package org.pyramidspark.job;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;
import org.pyramidspark.commit.CommittedSplits;
import org.pyramidspark.commit.PlannedRun;
import org.pyramidspark.metrics.Progress;
import org.pyramidspark.metrics.ProgressLine;
import org.pyramidspark.metrics.RunAccumulator;
import org.pyramidspark.metrics.RunListener;
import org.pyramidspark.metrics.RunTotals;
import org.pyramidspark.metrics.WorkForecast;
import org.pyramidspark.monitoring.RunMonitor;
import org.pyramidspark.monitoring.RunMonitor.RunLabel;

/**
 * The stage that completes splits, with its progress line. What its tasks have done is read from
 * the run's folder: accumulators tell how far it is, and nothing more.
 *
 * @param spark runs it
 * @param label what Spark's pages call the run
 * @param console shows progress
 */
record SplitStage(JavaSparkContext spark, RunLabel label, GenerateJob.Console console) {

  /** Completes splits, given what counts their rows. */
  interface Tasks {
    void run(List<Integer> splits, RunAccumulator totals);
  }

  /**
   * Completes all splits that are not committed.
   *
   * @throws IOException if a split is not committed after that
   */
  void run(CommittedSplits committed, PlannedRun plan, Tasks tasks) throws IOException {
    RunAccumulator totals = new RunAccumulator();
    spark.sc().register(totals, "rows");
    RunListener listener = new RunListener(totals);
    spark.sc().addSparkListener(listener);
    WorkForecast forecast =
        new WorkForecast(plan.numPrompts(), plan.workBytes(), committed.sums().totals());
    AtomicReference<RunTotals> ended = new AtomicReference<>();
    long start = System.nanoTime();
    Supplier<Progress> progress =
        () ->
            progress(forecast, ended.get(), listener, Duration.ofNanos(System.nanoTime() - start));
    try (RunMonitor monitor = RunMonitor.start(spark.sc(), label, listener, plan.numPrompts());
        ProgressLine line = ProgressLine.start(progress, console.out(), console.terminal())) {
      List<Integer> pending = committed.pending();
      if (!pending.isEmpty()) {
        tasks.run(pending, totals);
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
