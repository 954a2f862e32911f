package org.pyramidspark.tables;

import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.spark.api.java.function.VoidFunction;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.StructField;
import org.pyramidspark.commit.SplitCommits;
import org.pyramidspark.commit.TablePlan.RowRange;
import org.pyramidspark.dataframe.PromptColumns;
import org.pyramidspark.executor.RowWork;
import org.pyramidspark.executor.SplitTask;
import org.pyramidspark.executor.TaskRows;
import org.pyramidspark.metrics.RowSample;
import org.pyramidspark.prompts.PromptRow;
import org.pyramidspark.prompts.RowPlace;
import scala.Function1;

/**
 * A task: completes the rows of one range of what Spark reads, as {@link SplitTask} says.
 *
 * @param work what is done with each row
 * @param sample rows that the report shows
 * @param commits where splits are committed
 * @param prompts how the columns make a prompt
 * @param columns of output rows
 * @param writer of these
 */
record TableRunner(
    RowWork work,
    RowSample sample,
    SplitCommits commits,
    PromptColumns prompts,
    OutputColumns columns,
    TableWriter writer)
    implements VoidFunction<Iterator<TableSplit>> {
  @Override
  public void call(Iterator<TableSplit> splits) throws IOException, InterruptedException {
    TableSplit split = splits.next();
    int number = split.range().split();
    new SplitTask(work, sample, commits, writer.conf())
        .run(
            number,
            () -> TaskRows.counted(split.rows(), new Prompts(prompts, columns, split)),
            folder -> writer.files(folder, number),
            (files, row, completion) -> files.write(columns.row(row, completion)));
  }

  /** Makes prompts of rows that come one after another. */
  private static final class Prompts implements Function<InternalRow, PromptRow> {
    private final PromptColumns prompts;
    private final StructField[] fields;
    private final List<Function1<Object, Object>> converters;
    private final int partition;
    private final AtomicLong row;

    Prompts(PromptColumns prompts, OutputColumns columns, TableSplit split) {
      RowRange range = split.range();
      this.prompts = prompts;
      this.fields = columns.input().fields();
      this.converters =
          Arrays.stream(fields)
              .map(field -> CatalystTypeConverters.createToScalaConverter(field.dataType()))
              .toList();
      this.partition = range.partition();
      this.row = new AtomicLong(range.firstRow());
    }

    @Override
    public PromptRow apply(InternalRow values) {
      return prompts.prompt(
          ordinal -> converters.get(ordinal).apply(values.get(ordinal, fields[ordinal].dataType())),
          RowPlace.inPartition(partition, row.incrementAndGet()));
    }
  }
}
