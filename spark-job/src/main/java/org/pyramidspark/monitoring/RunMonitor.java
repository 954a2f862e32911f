package org.pyramidspark.monitoring;

import org.apache.spark.SparkContext;
import org.apache.spark.metrics.MetricsSystem;
import org.apache.spark.ui.SparkUI;
import org.pyramidspark.metrics.RunListener;

/**
 * Shows a run in Spark's UI, if that is on, and in the driver's metrics, until it is closed. Used
 * by one thread.
 */
public final class RunMonitor implements AutoCloseable {
  private final MetricsSystem metrics;
  private final RunSource source;
  private final Runnable closeTab;

  /**
   * What a run is called.
   *
   * @param model its name
   * @param output its folder
   */
  public record RunLabel(String model, String output) {}

  private RunMonitor(MetricsSystem metrics, RunSource source, Runnable closeTab) {
    this.metrics = metrics;
    this.source = source;
    this.closeTab = closeTab;
  }

  /**
   * Begins.
   *
   * @param listener follows the run
   * @param totalRows of the run
   */
  public static RunMonitor start(
      SparkContext spark, RunLabel label, RunListener listener, long totalRows) {
    RunSource source = new RunSource(listener, totalRows);
    MetricsSystem metrics = spark.env().metricsSystem();
    metrics.registerSource(source);
    return new RunMonitor(
        metrics,
        source,
        spark.ui().isDefined()
            ? attach(spark.ui().get(), new LiveRun(label, listener, totalRows))
            : () -> {});
  }

  private static Runnable attach(SparkUI ui, LiveRun run) {
    PyramidTab tab = new PyramidTab(ui, run);
    ui.attachTab(tab);
    return () -> ui.detachTab(tab);
  }

  @Override
  public void close() {
    closeTab.run();
    metrics.removeSource(source);
  }
}
