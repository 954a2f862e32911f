package org.pyramidspark.commit;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.pyramidspark.completions.Completion;

/** Rows are lines of JSON. */
public record LineFiles() implements RowFiles<PartWriter> {

  @Override
  public PartWriter open(String folder, int split, Configuration hadoop) throws IOException {
    return RunFolder.at(folder, hadoop).newPart(split);
  }

  @Override
  public void write(PartWriter files, Completion completion) throws IOException {
    files.write(completion.toJson());
  }
}
