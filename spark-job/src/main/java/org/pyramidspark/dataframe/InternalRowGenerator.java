package org.pyramidspark.dataframe;

import com.google.common.collect.Iterators;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.execution.metric.SQLMetric;
import org.apache.spark.sql.types.DataType;
import org.pyramidspark.executor.PartitionCompletions;
import org.pyramidspark.executor.RowWork;
import org.pyramidspark.executor.TaskRows;
import org.pyramidspark.prompts.RowPlace;
import scala.Function1;

/**
 * A task: completes a partition's rows and adds the completions as the last column.
 *
 * @param prompts how the inputs make a prompt
 * @param numRows counts rows
 * @param numErrors counts those of them that are error rows
 */
record InternalRowGenerator(
    RowWork work, PromptColumns prompts, Layout layout, SQLMetric numRows, SQLMetric numErrors)
    implements FlatMapFunction<Iterator<InternalRow>, InternalRow> {

  /**
   * @param inputs ordinals of the inputs among the columns that come
   * @param inputTypes their types
   * @param output types of the columns that go
   */
  record Layout(int[] inputs, DataType[] inputTypes, DataType[] output) implements Serializable {}

  @Override
  public Iterator<InternalRow> call(Iterator<InternalRow> rows) throws InterruptedException {
    int partition = TaskContext.getPartitionId();
    AtomicLong number = new AtomicLong();
    List<Function1<Object, Object>> converters =
        Arrays.stream(layout.inputTypes())
            .map(CatalystTypeConverters::createToScalaConverter)
            .toList();
    PartitionCompletions<InternalRow> completions =
        PartitionCompletions.of(
            work,
            TaskRows.counted(
                // The operator below writes its next row over the one that it has handed out.
                Iterators.transform(rows, InternalRow::copy),
                row ->
                    prompts.prompt(
                        input -> converters.get(input).apply(value(row, input)),
                        RowPlace.inPartition(partition, number.incrementAndGet()))));
    return Iterators.transform(completions, new Widening()::widened);
  }

  private Object value(InternalRow row, int input) {
    return row.get(layout.inputs()[input], layout.inputTypes()[input]);
  }

  /** Adds completions to rows; each row is valid until the next is made, as with all operators. */
  private final class Widening {
    private final Function1<Object, Object> toCatalyst =
        CatalystTypeConverters.createToCatalystConverter(CompletionColumn.TYPE);
    private final UnsafeProjection projection = UnsafeProjection.create(layout.output());
    private final JoinedRow joined = new JoinedRow();

    InternalRow widened(PartitionCompletions.Completed<InternalRow> completed) {
      numRows.add(1);
      if (completed.completion().error() != null) {
        numErrors.add(1);
      }
      Object struct = toCatalyst.apply(CompletionColumn.of(completed.completion()));
      return projection.apply(
          joined.apply(completed.row(), new GenericInternalRow(new Object[] {struct})));
    }
  }
}
