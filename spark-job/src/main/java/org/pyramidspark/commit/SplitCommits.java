package org.pyramidspark.commit;

import java.io.IOException;
import java.io.Serializable;
import java.util.BitSet;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.pyramidspark.metrics.RunTotals;

/**
 * Where tasks of a session commit their splits.
 *
 * @param folder of the run
 * @param session that runs
 * @param interrupted splits of which earlier sessions have left an attempt that did not end
 */
public record SplitCommits(String folder, Session session, BitSet interrupted)
    implements Serializable {

  /**
   * What the attempt of this task is to know of those before it.
   *
   * @throws IOException if it cannot be read or written
   */
  public RowMarks marks(int split, TaskContext task, Configuration hadoop)
      throws IOException, InterruptedException {
    return task.attemptNumber() == 0 && !interrupted.get(split)
        ? RowMarks.none()
        : RowMarks.after(RunFolder.at(folder, hadoop), split);
  }

  /** What a split's rows gave, if it is committed. */
  public Optional<RunTotals> committed(int split, Configuration hadoop) throws IOException {
    return RunFolder.at(folder, hadoop).manifests().read(split).map(SplitManifest::totals);
  }

  /**
   * Begins an attempt at a split.
   *
   * @param rows where it writes
   * @throws UnwritableOutputException if there is no room, say
   */
  public <F extends SplitFiles> SplitAttempt<F> begin(
      int split, SplitAttempt.Opening<F> rows, Configuration hadoop) throws IOException {
    return SplitAttempt.begin(RunFolder.at(folder, hadoop), split, session, rows);
  }
}
