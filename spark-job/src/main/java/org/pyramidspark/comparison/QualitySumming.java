package org.pyramidspark.comparison;

import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.pyramidspark.quality.PoissonWeights;
import scala.Tuple2;

/** Sums the lines of an output up by policy. */
final class QualitySumming implements PairFlatMapFunction<Iterator<String>, String, QualitySums> {
  private static final long serialVersionUID = 1L;
  private static final long SEED = 0;

  @Override
  public Iterator<Tuple2<String, QualitySums>> call(Iterator<String> lines) {
    PoissonWeights weights = new PoissonWeights(SEED, QualitySums.RESAMPLES);
    Map<String, QualitySums> policies = new TreeMap<>();
    while (lines.hasNext()) {
      ComparedRow row = ComparedRow.fromJson(lines.next());
      if (row.error() == null) {
        policies
            .computeIfAbsent(row.policy(), name -> new QualitySums())
            .add(row, weights.of(row.id()));
      }
    }
    return policies.entrySet().stream()
        .map(policy -> new Tuple2<>(policy.getKey(), policy.getValue()))
        .iterator();
  }
}
