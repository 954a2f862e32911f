package org.pyramidspark.executor;

import java.util.Iterator;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.StreamSupport;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.io.Text;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.pyramidspark.comparison.ComparisonAccumulator;
import org.pyramidspark.metrics.EngineReading;
import org.pyramidspark.prompts.Split;
import org.pyramidspark.prompts.SplitRows;
import scala.Tuple2;

/**
 * A task: reads one split, compares policies on its rows and streams the lines out as JSON. Has the
 * executor's engine to itself, since it measures time; the executor's other tasks wait.
 *
 * @param model to use
 * @param engine how it runs
 * @param settings what is compared, and how
 * @param totals gathers the sums
 * @param hadoop settings of the file systems
 */
public record ComparisonRunner(
    ModelReference model,
    EngineSettings engine,
    ComparisonSettings settings,
    ComparisonAccumulator totals,
    Broadcast<SerializableConfiguration> hadoop)
    implements PairFlatMapFunction<Iterator<Split>, NullWritable, Text> {

  @Override
  public Iterator<Tuple2<NullWritable, Text>> call(Iterator<Split> splits)
      throws InterruptedException {
    Split split = splits.next();
    ExecutorEngine.Lease lease = TaskScope.leaseAlone(model, engine);
    // Spark calls these in reverse order, however the task ends.
    TaskScope.atEnd(lease::close);
    SplitRows rows = new SplitRows(split, hadoop.value().value());
    TaskScope.atEnd(rows::close);
    EngineReading reading = lease.model().readingSince(lease.model().counters());
    totals.add(sums -> sums.add(reading.engine(), reading.setup()));
    return lines(new SplitComparison(rows, split.index(), lease.model(), settings, totals));
  }

  private static Iterator<Tuple2<NullWritable, Text>> lines(SplitComparison comparison) {
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(comparison, Spliterator.ORDERED), false)
        .flatMap(lines -> lines.stream())
        .map(line -> new Tuple2<>(NullWritable.get(), new Text(line.toJson())))
        .iterator();
  }
}
