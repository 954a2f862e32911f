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

  /** Begins an attempt at a split. */
  public SplitAttempt begin(int split, Configuration hadoop) throws IOException {
    return SplitAttempt.begin(RunFolder.at(folder, hadoop), split, session);
  }
}
