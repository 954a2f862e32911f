package org.pyramidspark.job;

import java.util.Collections;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkStageInfo;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Executors of one core that are kept from work, so that a job has the others alone: each runs a
 * task that sleeps. Which ones these are Spark decides, anew each time.
 */
final class ParkedExecutors implements AutoCloseable {
  private static final long POLL_MILLIS = 20;
  private static final long LONGEST_WAIT = TimeUnit.MINUTES.toNanos(2);

  private final JavaSparkContext spark;
  private final Optional<JavaFutureAction<Void>> sleep;

  private ParkedExecutors(JavaSparkContext spark, Optional<JavaFutureAction<Void>> sleep) {
    this.spark = spark;
    this.sleep = sleep;
  }

  /**
   * Returns when they sleep.
   *
   * @param executors how many, 0 or more, all without work now
   */
  static ParkedExecutors park(JavaSparkContext spark, int executors) {
    if (executors == 0) {
      return new ParkedExecutors(spark, Optional.empty());
    }
    // Whether a cancelled task is interrupted is a property of the job, set with its group.
    spark.setJobGroup("parked", "Executors that wait", true);
    JavaFutureAction<Void> sleep =
        spark
            .parallelize(Collections.nCopies(executors, 0), executors)
            .foreachAsync(ParkedExecutors::sleep);
    spark.clearJobGroup();
    ParkedExecutors parked = new ParkedExecutors(spark, Optional.of(sleep));
    parked.await(executors);
    return parked;
  }

  private static void sleep(int executor) throws InterruptedException {
    Thread.sleep(Long.MAX_VALUE);
  }

  @Override
  public void close() {
    sleep.ifPresent(task -> task.cancel(true));
    await(0);
  }

  private void await(int running) {
    long start = System.nanoTime();
    while (running() != running) {
      if (System.nanoTime() - start > LONGEST_WAIT) {
        throw new IllegalStateException(
            "%d executors were to wait, and %d do.".formatted(running, running()));
      }
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("Interrupted while executors were to wait.", e);
      }
    }
  }

  private int running() {
    int running = 0;
    for (int stage : spark.statusTracker().getActiveStageIds()) {
      SparkStageInfo info = spark.statusTracker().getStageInfo(stage);
      running += info == null ? 0 : info.numActiveTasks();
    }
    return running;
  }
}
