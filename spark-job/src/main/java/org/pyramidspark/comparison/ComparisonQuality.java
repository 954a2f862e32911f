package org.pyramidspark.comparison;

import java.util.Map;
import org.apache.spark.api.java.JavaRDD;

/**
 * How close each policy stays to the full cache and to the references, with what the bootstrap
 * needs. Made of the finished lines, not of an accumulator: that would send some thousand numbers
 * for each policy with every heartbeat.
 */
public final class ComparisonQuality {
  private final Map<String, QualitySums> policies;

  ComparisonQuality(Map<String, QualitySums> policies) {
    this.policies = policies;
  }

  /**
   * @param lines of the output, in any order and partitions
   */
  public static ComparisonQuality of(JavaRDD<String> lines) {
    return new ComparisonQuality(
        lines
            .mapPartitionsToPair(new QualitySumming())
            .reduceByKey(QualitySums::plus)
            .collectAsMap());
  }

  /** One policy's sums; without rows if none was compared. */
  QualitySums policy(String name) {
    return policies.getOrDefault(name, new QualitySums());
  }
}
