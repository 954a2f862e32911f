package org.pyramidspark.evaluation;

import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.pyramidspark.quality.PoissonWeights;
import scala.Tuple2;

/**
 * Sums the rows of a partition up by task.
 *
 * @param bootstrap how they are resampled
 */
record TaskSumming(Bootstrap bootstrap)
    implements PairFlatMapFunction<Iterator<ScoredRow>, String, TaskSums> {

  @Override
  public Iterator<Tuple2<String, TaskSums>> call(Iterator<ScoredRow> rows) {
    PoissonWeights weights = new PoissonWeights(bootstrap.seed(), bootstrap.resamples());
    Map<String, TaskSums> tasks = new TreeMap<>();
    while (rows.hasNext()) {
      ScoredRow row = rows.next();
      tasks
          .computeIfAbsent(row.task(), name -> new TaskSums(bootstrap.resamples()))
          .add(row, weights.of(row.id()));
    }
    return tasks.entrySet().stream()
        .map(task -> new Tuple2<>(task.getKey(), task.getValue()))
        .iterator();
  }
}
