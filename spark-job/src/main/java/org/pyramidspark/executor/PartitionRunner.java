package org.pyramidspark.executor;

import java.io.IOException;
import java.util.Iterator;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.api.java.function.VoidFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.pyramidspark.commit.RowFiles;
import org.pyramidspark.commit.RowMarks;
import org.pyramidspark.commit.SplitAttempt;
import org.pyramidspark.commit.SplitCommits;
import org.pyramidspark.commit.SplitFiles;
import org.pyramidspark.completions.Completion;
import org.pyramidspark.guard.QualityGuard;
import org.pyramidspark.metrics.EngineReading;
import org.pyramidspark.metrics.RowSample;
import org.pyramidspark.metrics.RunAccumulator;
import org.pyramidspark.metrics.RunTotals;
import org.pyramidspark.metrics.ShownRows;
import org.pyramidspark.monitoring.LogIds;
import org.pyramidspark.prompts.Split;
import org.pyramidspark.prompts.SplitRows;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A task: reads one split, completes its rows on the executor's engine, streams them out and
 * commits them. Holds no more rows than the engine works on. Does nothing where another attempt has
 * committed the split.
 *
 * @param model to use
 * @param engine how it runs
 * @param rows how rows are completed
 * @param sample rows that the report shows
 * @param commits where splits are committed
 * @param files how rows are written
 * @param totals counts rows and engines, for the progress line
 * @param hadoop settings of the file systems
 * @param <F> files of an attempt
 */
public record PartitionRunner<F extends SplitFiles>(
    ModelReference model,
    EngineSettings engine,
    RowSettings rows,
    RowSample sample,
    SplitCommits commits,
    RowFiles<F> files,
    RunAccumulator totals,
    Broadcast<SerializableConfiguration> hadoop)
    implements VoidFunction<Iterator<Split>> {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionRunner.class);

  @Override
  public void call(Iterator<Split> splits) throws Exception {
    Split split = splits.next();
    try (LogIds.Scope scope = LogIds.split(commits.session().id(), split.index())) {
      run(split);
    }
  }

  private void run(Split split) throws Exception {
    if (isCommitted(split)) {
      return;
    }
    TaskContext task = TaskContext.get();
    // Spark calls these in reverse order, however the task ends.
    RowMarks marks = commits.marks(split.index(), task, hadoop.value().value());
    TaskScope.atEnd(marks::close);
    ExecutorEngine.Lease lease = TaskScope.lease(model, engine, marks);
    TaskScope.atEnd(lease::close);
    SplitAttempt<F> attempt =
        commits.begin(
            split.index(),
            folder -> files.open(folder, split.index(), hadoop.value().value()),
            hadoop.value().value());
    TaskScope.atEnd(attempt::close);
    // Once more, now that there is a file: it may not stay if the run's end has passed it by.
    if (!isCommitted(split)) {
      complete(split, lease.model(), task, attempt, marks);
    }
  }

  private boolean isCommitted(Split split) throws IOException {
    Optional<RunTotals> committed = commits.committed(split.index(), hadoop.value().value());
    committed.ifPresent(totals::add);
    return committed.isPresent();
  }

  private void complete(
      Split split, LoadedModel loaded, TaskContext task, SplitAttempt<F> attempt, RowMarks marks)
      throws Exception {
    SplitRows prompts = new SplitRows(split, hadoop.value().value());
    TaskScope.atEnd(prompts::close);
    ShownRows shown = new ShownRows(sample);
    QualityGuard guard = loaded.guard(totals.id(), rows);
    CompletionStream stream =
        new CompletionStream(prompts, loaded, rows, guard, totals, shown, marks);
    TaskScope.atEnd(stream::close);
    totals.watch(() -> stream.work(prompts::readBytes));
    totals.watchLoad(loaded.name(), loaded::load);
    if (rows.guard().isOn()) {
      totals.watch(loaded.name(), guard::reading);
    }
    EngineReading.Counters start = loaded.counters();
    while (stream.hasNext()) {
      if (task.isInterrupted()) {
        throw new TaskKilledException();
      }
      Completion completion = stream.next().completion();
      attempt.write(opened -> files.write(opened, completion));
    }
    totals.add(loaded.readingSince(start));
    totals.endWatch();
    attempt.commit(totals.value(), shown);
    LOG.info("The split is committed");
  }
}
