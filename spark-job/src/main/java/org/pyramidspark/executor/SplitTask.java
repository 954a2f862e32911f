package org.pyramidspark.executor;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.pyramidspark.commit.RowMarks;
import org.pyramidspark.commit.SplitAttempt;
import org.pyramidspark.commit.SplitCommits;
import org.pyramidspark.commit.SplitFiles;
import org.pyramidspark.completions.Completion;
import org.pyramidspark.metrics.RowSample;
import org.pyramidspark.metrics.RunTotals;
import org.pyramidspark.metrics.ShownRows;
import org.pyramidspark.monitoring.LogIds;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A task that completes the rows of one split on the executor's engine, streams them out and
 * commits them. Holds no more rows than the engine works on. Does nothing where another attempt has
 * committed the split.
 *
 * @param work what is done with each row
 * @param sample rows that the report shows
 * @param commits where splits are committed
 * @param hadoop settings of the file systems
 */
public record SplitTask(
    RowWork work, RowSample sample, SplitCommits commits, Configuration hadoop) {
  private static final Logger LOG = LoggerFactory.getLogger(SplitTask.class);

  /**
   * How a completed row is written.
   *
   * @param <F> files of the attempt
   * @param <R> a row
   */
  public interface Writing<F extends SplitFiles, R> {
    void write(F files, R row, Completion completion) throws IOException;
  }

  /**
   * Runs to the end of the split.
   *
   * @param split which it is
   * @param rows opens its rows, once the engine is there
   * @throws org.pyramidspark.errors.InvalidInputException if the model cannot be loaded here
   */
  public <F extends SplitFiles, R> void run(
      int split, Supplier<TaskRows<R>> rows, SplitAttempt.Opening<F> files, Writing<F, R> writing)
      throws IOException, InterruptedException {
    try (LogIds.Scope scope = LogIds.split(commits.session().id(), split)) {
      if (isCommitted(split)) {
        return;
      }
      // Spark calls these in reverse order, however the task ends.
      RowMarks marks = commits.marks(split, TaskContext.get(), hadoop);
      TaskScope.atEnd(marks::close);
      ExecutorEngine.Lease lease = TaskScope.lease(work.model(), work.engine(), marks);
      TaskScope.atEnd(lease::close);
      SplitAttempt<F> attempt = commits.begin(split, files, hadoop);
      TaskScope.atEnd(attempt::close);
      // Once more, now that there is a file: it may not stay if the run's end has passed it by.
      if (isCommitted(split)) {
        return;
      }
      ShownRows shown = new ShownRows(sample);
      complete(
          PartitionCompletions.on(lease.model(), work, shown, marks, rows.get()), attempt, writing);
      attempt.commit(work.totals().value(), shown);
      LOG.info("The split is committed");
    }
  }

  private boolean isCommitted(int split) throws IOException {
    Optional<RunTotals> committed = commits.committed(split, hadoop);
    committed.ifPresent(work.totals()::add);
    return committed.isPresent();
  }

  private static <F extends SplitFiles, R> void complete(
      PartitionCompletions<R> completions, SplitAttempt<F> attempt, Writing<F, R> writing)
      throws IOException {
    TaskContext task = TaskContext.get();
    while (completions.hasNext()) {
      if (task.isInterrupted()) {
        throw new TaskKilledException();
      }
      PartitionCompletions.Completed<R> next = completions.next();
      attempt.write(files -> writing.write(files, next.row(), next.completion()));
    }
    completions.finish();
  }
}
