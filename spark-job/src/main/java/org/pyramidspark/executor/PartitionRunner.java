package org.pyramidspark.executor;

import java.io.IOException;
import java.util.Iterator;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.function.VoidFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.pyramidspark.commit.RowFiles;
import org.pyramidspark.commit.SplitCommits;
import org.pyramidspark.commit.SplitFiles;
import org.pyramidspark.metrics.RowSample;
import org.pyramidspark.prompts.PromptRow;
import org.pyramidspark.prompts.Split;
import org.pyramidspark.prompts.SplitRows;

/**
 * A task: completes one split of a corpus of lines, as {@link SplitTask} says.
 *
 * @param work what is done with each row
 * @param sample rows that the report shows
 * @param commits where splits are committed
 * @param files how rows are written
 * @param hadoop settings of the file systems
 * @param <F> files of an attempt
 */
public record PartitionRunner<F extends SplitFiles>(
    RowWork work,
    RowSample sample,
    SplitCommits commits,
    RowFiles<F> files,
    Broadcast<SerializableConfiguration> hadoop)
    implements VoidFunction<Iterator<Split>> {

  @Override
  public void call(Iterator<Split> splits) throws IOException, InterruptedException {
    Split split = splits.next();
    Configuration conf = hadoop.value().value();
    new SplitTask(work, sample, commits, conf)
        .run(
            split.index(),
            () -> lines(split, conf),
            folder -> files.open(folder, split.index(), conf),
            (attempt, row, completion) -> files.write(attempt, completion));
  }

  private static TaskRows<PromptRow> lines(Split split, Configuration conf) {
    SplitRows rows = new SplitRows(split, conf);
    TaskScope.atEnd(rows::close);
    return new Lines(rows);
  }

  /** A line is its prompt, and plans count bytes. */
  private record Lines(SplitRows rows) implements TaskRows<PromptRow> {

    @Override
    public boolean hasNext() {
      return rows.hasNext();
    }

    @Override
    public PromptRow next() {
      return rows.next();
    }

    @Override
    public PromptRow prompt(PromptRow row) {
      return row;
    }

    @Override
    public long read() {
      return rows.readBytes();
    }
  }
}
