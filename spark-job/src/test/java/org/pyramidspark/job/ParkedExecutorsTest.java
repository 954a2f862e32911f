package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two task slots of one JVM stand for two executors of one core. */
class ParkedExecutorsTest {
  private static final CyclicBarrier BOTH = new CyclicBarrier(2);

  private JavaSparkContext spark;

  @BeforeEach
  void startSpark() {
    spark = new JavaSparkContext(SparkSessions.conf(Optional.of("local[2]"), "parked"));
  }

  @AfterEach
  void stopSpark() {
    spark.close();
  }

  @Test
  void aJobHasTheOthersAlone() {
    try (ParkedExecutors _ = ParkedExecutors.park(spark, 1)) {
      assertThat(meet(1)).containsExactly(false, false);
    }
  }

  @Test
  void afterwardsAndWhereNoneIsParkedAJobHasAll() {
    ParkedExecutors.park(spark, 1).close();
    assertThat(meet(60)).containsExactly(true, true);
    try (ParkedExecutors _ = ParkedExecutors.park(spark, 0)) {
      assertThat(meet(60)).containsExactly(true, true);
    }
  }

  /** Whether each of two tasks ran at the same time as the other. */
  private List<Boolean> meet(int seconds) {
    return spark.parallelize(List.of(0, 1), 2).map(task -> met(seconds)).collect();
  }

  private static boolean met(int seconds) throws InterruptedException {
    try {
      BOTH.await(seconds, TimeUnit.SECONDS);
      return true;
    } catch (BrokenBarrierException | TimeoutException alone) {
      BOTH.reset();
      return false;
    }
  }
}
