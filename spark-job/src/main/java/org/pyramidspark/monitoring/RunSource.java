package org.pyramidspark.monitoring;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.function.Function;
import org.apache.spark.metrics.source.Source;
import org.pyramidspark.metrics.RunListener;

/**
 * The driver's metrics of a run, over all executors. Thread-safe: sinks read it from threads of
 * their own.
 */
final class RunSource implements Source {
  static final String NAME = "PyramidInferRun";

  private final MetricRegistry registry = new MetricRegistry();
  private final RunListener listener;

  RunSource(RunListener listener, long totalRows) {
    this.listener = listener;
    registry.register("rowsTotal", (Gauge<Long>) () -> totalRows);
    gauge("rowsDone", LiveFigures::rows);
    gauge("rowsFailed", LiveFigures::failedRows);
    gauge("tokens", LiveFigures::tokens);
    gauge("tokensPerSecond", LiveFigures::tokensPerSecond);
    gauge("kvBytes", LiveFigures::kvBytes);
    gauge("kvBudgetBytes", LiveFigures::kvBudget);
    gauge("keptKvFraction", LiveFigures::keptKvFraction);
  }

  private void gauge(String name, Function<LiveFigures, Number> figure) {
    registry.register(
        name,
        (Gauge<Number>)
            () -> figure.apply(LiveFigures.of(listener.totals(), listener.computing())));
  }

  @Override
  public String sourceName() {
    return NAME;
  }

  @Override
  public MetricRegistry metricRegistry() {
    return registry;
  }
}
