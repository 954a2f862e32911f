package org.pyramidspark.commit;

import java.io.IOException;
import java.io.Serializable;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.pyramidspark.metrics.RunTotals;

/**
 * Where tasks of a session commit their splits.
 *
 * @param folder of the run
 * @param session that runs
 */
public record SplitCommits(String folder, Session session) implements Serializable {

  /** What a split's rows gave, if it is committed. */
  public Optional<RunTotals> committed(int split, Configuration hadoop) throws IOException {
    return RunFolder.at(folder, hadoop).manifests().read(split).map(SplitManifest::totals);
  }

  /** Creates the file of one attempt at a split, for lines. */
  public PartWriter newLines(int split, Configuration hadoop) throws IOException {
    return RunFolder.at(folder, hadoop).newPart(split);
  }

  /**
   * Begins an attempt at a split.
   *
   * @param rows where it writes
   */
  public SplitAttempt begin(int split, SplitFiles rows, Configuration hadoop) throws IOException {
    return new SplitAttempt(RunFolder.at(folder, hadoop), split, session, rows);
  }
}
