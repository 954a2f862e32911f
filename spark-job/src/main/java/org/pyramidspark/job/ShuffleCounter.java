package org.pyramidspark.job;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.executor.TaskMetrics;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** Bytes that tasks hand to one another. Thread-safe. */
final class ShuffleCounter extends SparkListener {
  private final AtomicLong bytes = new AtomicLong();

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    TaskMetrics metrics = end.taskMetrics();
    if (metrics != null) {
      bytes.addAndGet(
          metrics.shuffleReadMetrics().totalBytesRead()
              + metrics.shuffleWriteMetrics().bytesWritten());
    }
  }

  long bytes() {
    return bytes.get();
  }
}
