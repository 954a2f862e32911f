package org.pyramidspark.commit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.executor.CommitDeniedException;
import org.pyramidspark.metrics.Machine;
import org.pyramidspark.metrics.RunTotals;
import org.pyramidspark.metrics.ShownRows;
import org.pyramidspark.metrics.TaskSpan;

/**
 * One attempt at a split by a task: its rows, and their commit if it is the one of the split's
 * attempts that Spark's driver lets commit. What is not committed is deleted on closing. Used by
 * the task's thread.
 */
public final class SplitAttempt implements AutoCloseable {
  private final RunFolder folder;
  private final int split;
  private final Session session;
  private final TaskSpan task;
  private final PartWriter rows;
  private boolean settled;

  private SplitAttempt(
      RunFolder folder, int split, Session session, TaskSpan task, PartWriter rows) {
    this.folder = folder;
    this.split = split;
    this.session = session;
    this.task = task;
    this.rows = rows;
  }

  static SplitAttempt begin(RunFolder folder, int split, Session session) throws IOException {
    TaskSpan task = new TaskSpan(SparkEnv.get().executorId(), Machine.here().host(), Instant.now());
    return new SplitAttempt(folder, split, session, task, folder.newPart(split));
  }

  /**
   * Adds a row.
   *
   * @param row a line of JSON, without its end
   */
  public void write(String row) throws IOException {
    rows.write(row);
  }

  /**
   * Commits the split with what was written, unless another attempt has done so.
   *
   * @param totals of these rows
   * @param shown rows that the report may show
   * @throws CommitDeniedException if another attempt was chosen and has not committed yet: Spark
   *     tries again should that one fail
   */
  public void commit(RunTotals totals, ShownRows shown) throws IOException, CommitDeniedException {
    SplitManifest.Part part = rows.finish(totals.errorRows());
    byte[] manifest = SplitManifest.of(split, part, session, task, totals, shown).toFile();
    Manifests manifests = folder.manifests();
    if (isChosen()) {
      settled = manifests.commit(split, part.name(), manifest);
    } else if (manifests.read(split).isEmpty()) {
      TaskContext context = TaskContext.get();
      throw new CommitDeniedException(
          "Another attempt at split %d was chosen to commit it.".formatted(split),
          context.stageId(),
          context.partitionId(),
          context.attemptNumber());
    }
  }

  /**
   * As for any output of Spark's: the driver chooses one attempt, and another if that one fails.
   */
  private static boolean isChosen() {
    TaskContext context = TaskContext.get();
    return SparkEnv.get()
        .outputCommitCoordinator()
        .canCommit(
            context.stageId(),
            context.stageAttemptNumber(),
            context.partitionId(),
            context.attemptNumber());
  }

  /** Deletes what was not committed. */
  @Override
  public void close() {
    if (!settled) {
      settled = true;
      try {
        rows.discard();
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }
  }
}
