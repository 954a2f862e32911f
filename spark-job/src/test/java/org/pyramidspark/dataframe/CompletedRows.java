package org.pyramidspark.dataframe;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.pyramidspark.metrics.RunTotals;
import scala.jdk.javaapi.CollectionConverters;

/** Counts the rows that tasks have completed, whether anybody used them or not. */
public final class CompletedRows extends SparkListener {
  private final SparkContext spark;
  private long rows;
  private int mostRunning;
  private int jobs;

  CompletedRows(SparkContext spark) {
    this.spark = spark;
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
    CollectionConverters.asJava(end.taskInfo().accumulables()).stream()
        .map(accumulable -> accumulable.update().getOrElse(() -> null))
        .filter(RunTotals.class::isInstance)
        .map(RunTotals.class::cast)
        .forEach(this::add);
  }

  @Override
  public synchronized void onJobStart(SparkListenerJobStart start) {
    jobs++;
  }

  private void add(RunTotals totals) {
    rows += totals.rows();
    totals.engines().values().stream()
        .mapToInt(engine -> engine.to().mostRunningSequences())
        .forEach(running -> mostRunning = Math.max(mostRunning, running));
  }

  /** Rows that were completed while something ran. */
  public long during(Callable<?> action) throws Exception {
    long before = rows();
    synchronized (this) {
      mostRunning = 0;
    }
    action.call();
    return rows() - before;
  }

  private long rows() {
    settle();
    synchronized (this) {
      return rows;
    }
  }

  /** Jobs that have started. */
  public int jobs() {
    settle();
    synchronized (this) {
      return jobs;
    }
  }

  /**
   * The most rows that an engine has run at once, of those that ran in the last {@link #during}.
   */
  public int mostRunning() {
    settle();
    synchronized (this) {
      return mostRunning;
    }
  }

  private void settle() {
    try {
      spark.listenerBus().waitUntilEmpty();
    } catch (TimeoutException slow) {
      throw new IllegalStateException(slow);
    }
  }
}
