package org.pyramidspark.completions;

import java.io.IOException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.NullWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.lib.output.FileOutputCommitter;
import org.apache.hadoop.mapreduce.lib.output.TextOutputFormat;

/**
 * Hadoop's text output with the names {@code part-00000.jsonl}, .... Each attempt of a task writes
 * a file of its own, which Hadoop's committer renames when Spark's driver grants that attempt, and
 * only one, the commit: a retried or speculative task never writes twice.
 */
public final class JsonLinesOutputFormat extends TextOutputFormat<NullWritable, Text> {

  @Override
  public Path getDefaultWorkFile(TaskAttemptContext context, String extension) throws IOException {
    FileOutputCommitter committer = (FileOutputCommitter) getOutputCommitter(context);
    int part = context.getTaskAttemptID().getTaskID().getId();
    return new Path(committer.getWorkPath(), "part-%05d.jsonl".formatted(part));
  }
}
