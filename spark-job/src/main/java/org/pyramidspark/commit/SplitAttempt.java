package org.pyramidspark.commit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.hadoop.fs.FSError;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.pyramidspark.metrics.Machine;
import org.pyramidspark.metrics.RunTotals;
import org.pyramidspark.metrics.ShownRows;
import org.pyramidspark.metrics.TaskSpan;

/**
 * One attempt at a split by a task: its rows, and their commit if it is the one of the split's
 * attempts that Spark's driver lets commit. What is not committed is deleted on closing. Used by
 * the task's thread.
 *
 * <p>An attempt that is chosen and hangs does not hold the split for ever: after a while another
 * commits without being chosen, and the manifest, which is created only where none is, decides.
 *
 * @param <F> the files that it writes
 */
public final class SplitAttempt<F extends SplitFiles> implements AutoCloseable {
  /** Committing takes the chosen attempt one small file. */
  private static final Duration MOST_PATIENCE = Duration.ofSeconds(10);

  private static final Duration POLL = Duration.ofMillis(250);

  private final RunFolder folder;
  private final int split;
  private final Session session;
  private final TaskSpan task;
  private final F rows;
  private boolean settled;

  private SplitAttempt(RunFolder folder, int split, Session session, TaskSpan task, F rows) {
    this.folder = folder;
    this.split = split;
    this.session = session;
    this.task = task;
    this.rows = rows;
  }

  /**
   * Opens the files of an attempt.
   *
   * @param <F> these
   */
  public interface Opening<F extends SplitFiles> {
    /**
     * @param folder path of the run's
     */
    F open(String folder) throws IOException;
  }

  /**
   * Adds something to the files.
   *
   * @param <F> these
   */
  public interface Writing<F extends SplitFiles> {
    void to(F rows) throws IOException;
  }

  static <F extends SplitFiles> SplitAttempt<F> begin(
      RunFolder folder, int split, Session session, Opening<F> rows) throws IOException {
    TaskSpan task = new TaskSpan(SparkEnv.get().executorId(), Machine.here().host(), Instant.now());
    try {
      return new SplitAttempt<>(folder, split, session, task, rows.open(folder.path()));
    } catch (IOException | FSError failure) {
      throw folder.unwritable(failure);
    }
  }

  /**
   * Adds a row, say.
   *
   * @throws UnwritableOutputException if there is no room, say
   */
  public void write(Writing<F> row) throws UnwritableOutputException {
    try {
      row.to(rows);
    } catch (IOException | FSError failure) {
      throw folder.unwritable(failure);
    }
  }

  /**
   * Commits the split with what was written, unless another attempt has done so. Waits for another
   * that was chosen.
   *
   * @param totals of these rows
   * @param shown rows that the report may show
   * @throws UnwritableOutputException if there is no room, say
   */
  public void commit(RunTotals totals, ShownRows shown)
      throws UnwritableOutputException, InterruptedException {
    try {
      List<PartFile> parts = rows.finish();
      byte[] manifest = SplitManifest.of(split, parts, session, task, totals, shown).toFile();
      Manifests manifests = folder.manifests();
      if (mayCommit(manifests)) {
        settled = manifests.commit(split, SplitManifest.attempt(parts), manifest);
      }
    } catch (IOException | FSError failure) {
      throw folder.unwritable(failure);
    }
  }

  /** Waits until this attempt is chosen or another has committed, but not for ever. */
  private boolean mayCommit(Manifests manifests) throws IOException, InterruptedException {
    long start = System.nanoTime();
    while (!isChosen()) {
      if (manifests.read(split).isPresent()) {
        return false;
      }
      if (System.nanoTime() - start > MOST_PATIENCE.toNanos()) {
        return true;
      }
      Thread.sleep(POLL);
    }
    return true;
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
