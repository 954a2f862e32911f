package org.pyramidspark.evaluation;

import java.util.Iterator;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.StreamSupport;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;
import org.pyramidspark.prompts.Split;
import org.pyramidspark.prompts.SplitLines;
import scala.Tuple2;

/**
 * Reads a split of a source.
 *
 * @param source what it belongs to
 * @param reading how its lines are read
 * @param hadoop settings of the file systems
 */
record SourceReader(Source source, RowReading reading, Broadcast<SerializableConfiguration> hadoop)
    implements PairFlatMapFunction<Iterator<Split>, RowKey, SourceRow> {

  @Override
  public Iterator<Tuple2<RowKey, SourceRow>> call(Iterator<Split> splits) {
    SplitLines lines = new SplitLines(splits.next(), hadoop.value().value());
    TaskCompletionListener close = context -> lines.close();
    TaskContext.get().addTaskCompletionListener(close);
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(lines, Spliterator.ORDERED), false)
        .flatMap(line -> rows(line).stream())
        .iterator();
  }

  private List<Tuple2<RowKey, SourceRow>> rows(SplitLines.Line line) {
    return source == Source.REFERENCES
        ? reading.references(line.content(), line.prompts())
        : List.of(reading.completion(source, line.content()));
  }
}
