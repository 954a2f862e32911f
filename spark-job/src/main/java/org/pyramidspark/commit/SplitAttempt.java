package org.pyramidspark.commit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.executor.CommitDeniedException;
import org.pyramidspark.metrics.RunTotals;
import org.pyramidspark.metrics.ShownRows;

/**
 * One attempt at a split by a task: its rows, and their commit if it is the one of the split's
 * attempts that Spark's driver lets commit. What is not committed is deleted on closing. Used by
 * the task's thread.
 */
public final class SplitAttempt implements AutoCloseable {
  private final RunFolder folder;
  private final int split;
  private final Session session;
  private final SplitFiles rows;
  private boolean settled;

  SplitAttempt(RunFolder folder, int split, Session session, SplitFiles rows) {
    this.folder = folder;
    this.split = split;
    this.session = session;
    this.rows = rows;
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
    List<PartFile> parts = rows.finish();
    byte[] manifest = SplitManifest.of(split, parts, session, totals, shown).toFile();
    Manifests manifests = folder.manifests();
    if (isChosen()) {
      settled = manifests.commit(split, SplitManifest.attempt(parts), manifest);
    } else if (manifests.read(split).isEmpty()) {
      TaskContext task = TaskContext.get();
      throw new CommitDeniedException(
          "Another attempt at split %d was chosen to commit it.".formatted(split),
          task.stageId(),
          task.partitionId(),
          task.attemptNumber());
    }
  }

  /**
   * As for any output of Spark's: the driver chooses one attempt, and another if that one fails.
   */
  private static boolean isChosen() {
    TaskContext task = TaskContext.get();
    return SparkEnv.get()
        .outputCommitCoordinator()
        .canCommit(
            task.stageId(), task.stageAttemptNumber(), task.partitionId(), task.attemptNumber());
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
