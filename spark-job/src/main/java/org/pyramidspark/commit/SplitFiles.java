package org.pyramidspark.commit;

import java.io.IOException;
import java.util.List;

/** The files that one attempt at a split writes, under names that no other attempt has. */
public interface SplitFiles {

  /** Ends the files. */
  List<PartFile> finish() throws IOException;

  /** Deletes them, ended or not. */
  void discard() throws IOException;
}
