package org.pyramidspark.commit;

import java.io.IOException;
import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;
import org.pyramidspark.completions.Completion;

/**
 * How tasks write completions.
 *
 * @param <F> files of one attempt at a split
 */
public interface RowFiles<F extends SplitFiles> extends Serializable {

  /**
   * Opens the files of an attempt; in its task.
   *
   * @param folder path of the run's
   */
  F open(String folder, int split, Configuration hadoop) throws IOException;

  /** Adds a row. */
  void write(F files, Completion completion) throws IOException;
}
