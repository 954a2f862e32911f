package org.pyramidspark.tables;

import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.api.java.function.VoidFunction;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.StructField;
import org.pyramidspark.commit.RowMarks;
import org.pyramidspark.commit.SplitAttempt;
import org.pyramidspark.commit.SplitCommits;
import org.pyramidspark.commit.TablePlan.RowRange;
import org.pyramidspark.dataframe.PromptColumns;
import org.pyramidspark.executor.PartitionCompletions;
import org.pyramidspark.executor.RowWork;
import org.pyramidspark.executor.TaskScope;
import org.pyramidspark.metrics.RowSample;
import org.pyramidspark.metrics.RunTotals;
import org.pyramidspark.metrics.ShownRows;
import org.pyramidspark.monitoring.LogIds;
import org.pyramidspark.prompts.PromptRow;
import org.pyramidspark.prompts.RowPlace;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Function1;

/**
 * A task: completes the rows of one range, writes them and commits them. Does nothing where another
 * attempt has committed the split.
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
  private static final Logger LOG = LoggerFactory.getLogger(TableRunner.class);

  @Override
  public void call(Iterator<TableSplit> splits) throws Exception {
    TableSplit split = splits.next();
    try (LogIds.Scope scope = LogIds.split(commits.session().id(), split.range().split())) {
      run(split);
    }
  }

  private void run(TableSplit split) throws Exception {
    int number = split.range().split();
    if (isCommitted(number)) {
      return;
    }
    TaskContext task = TaskContext.get();
    // Spark calls these in reverse order, however the task ends.
    RowMarks marks = commits.marks(number, task, writer.conf());
    TaskScope.atEnd(marks::close);
    SplitAttempt<TableFiles> attempt =
        commits.begin(number, folder -> writer.files(folder, number), writer.conf());
    TaskScope.atEnd(attempt::close);
    // Once more, now that there is a file: it may not stay if the run's end has passed it by.
    if (!isCommitted(number)) {
      ShownRows shown = complete(split, task, attempt, marks);
      attempt.commit(work.totals().value(), shown);
      LOG.info("The split is committed");
    }
  }

  private boolean isCommitted(int split) throws IOException {
    Optional<RunTotals> committed = commits.committed(split, writer.conf());
    committed.ifPresent(work.totals()::add);
    return committed.isPresent();
  }

  private ShownRows complete(
      TableSplit split, TaskContext task, SplitAttempt<TableFiles> attempt, RowMarks marks)
      throws IOException, InterruptedException {
    ShownRows shown = new ShownRows(sample);
    PartitionCompletions<InternalRow> completions =
        PartitionCompletions.of(
            work, shown, marks, split.rows(), new Prompts(prompts, columns, split));
    while (completions.hasNext()) {
      if (task.isInterrupted()) {
        throw new TaskKilledException();
      }
      PartitionCompletions.Completed<InternalRow> next = completions.next();
      InternalRow row = columns.row(next.row(), next.completion());
      attempt.write(files -> files.write(row));
    }
    completions.finish();
    return shown;
  }

  /** Makes prompts of rows that come one after another. */
  private static final class Prompts
      implements java.util.function.Function<InternalRow, PromptRow> {
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
