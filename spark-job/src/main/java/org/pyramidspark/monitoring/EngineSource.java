package org.pyramidspark.monitoring;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.MetricsSystem;
import org.apache.spark.metrics.source.Source;
import org.pyramidspark.engine.EngineMetrics;
import org.pyramidspark.metrics.RowMeasure;
import scala.jdk.javaapi.CollectionConverters;

/**
 * An executor's metrics: rows since its start, and its engine's tokens and KV cache. An engine that
 * takes another's place counts tokens from 0. Thread-safe.
 */
public final class EngineSource implements Source {
  static final String NAME = "PyramidInfer";

  private final MetricRegistry registry = new MetricRegistry();
  private final Counter rowsDone = registry.counter("rowsDone");
  private final Counter rowsFailed = registry.counter("rowsFailed");
  private final LongAdder promptTokens = new LongAdder();
  private final DoubleAdder keptTokens = new DoubleAdder();
  private volatile Watched watched = new Watched(null, 0);

  private record Watched(Supplier<EngineMetrics> engine, long kvBudget) {
    long read(ToLongFunction<EngineMetrics> figure) {
      return engine == null ? 0 : figure.applyAsLong(engine.get());
    }
  }

  EngineSource() {
    gauge("promptTokens", () -> watched.read(EngineMetrics::prefillTokens));
    gauge("newTokens", () -> watched.read(EngineMetrics::decodeTokens));
    gauge("kvBytes", () -> watched.read(EngineMetrics::kvBytes));
    gauge("kvBudgetBytes", () -> watched.kvBudget());
    gauge("keptKvFraction", () -> keptTokens.sum() / Math.max(1, promptTokens.sum()));
  }

  private void gauge(String name, Supplier<Number> figure) {
    registry.register(name, (Gauge<Number>) figure::get);
  }

  /** That of an executor; its first task registers it. */
  public static EngineSource of(SparkEnv env) {
    MetricsSystem metrics = env.metricsSystem();
    // No two tasks of the executor may register one each.
    synchronized (metrics) {
      return CollectionConverters.asJava(metrics.getSourcesByName(NAME)).stream()
          .map(EngineSource.class::cast)
          .findFirst()
          .orElseGet(() -> registered(metrics));
    }
  }

  private static EngineSource registered(MetricsSystem metrics) {
    EngineSource source = new EngineSource();
    metrics.registerSource(source);
    return source;
  }

  /**
   * The engine whose tokens and cache are shown from now on.
   *
   * @param engine may be asked by any thread, also after the engine is closed
   * @param kvBudget the most bytes of its KV cache
   */
  public void watch(Supplier<EngineMetrics> engine, long kvBudget) {
    watched = new Watched(engine, kvBudget);
  }

  /** Counts a finished row. */
  public void add(RowMeasure row) {
    rowsDone.inc();
    if (row.error().isPresent()) {
      rowsFailed.inc();
    }
    promptTokens.add(row.promptTokens());
    keptTokens.add(row.keptKvFraction() * row.promptTokens());
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
