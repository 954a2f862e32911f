package org.pyramidspark.completions;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Reads files of an output line by line.
 *
 * @param hadoop settings of the file systems
 */
public record PartReader(Broadcast<SerializableConfiguration> hadoop)
    implements FlatMapFunction<String, String> {

  @Override
  public Iterator<String> call(String file) throws IOException {
    Path path = new Path(file);
    BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                path.getFileSystem(hadoop.value().value()).open(path), StandardCharsets.UTF_8));
    TaskCompletionListener close = context -> close(reader);
    TaskContext.get().addTaskCompletionListener(close);
    return reader.lines().iterator();
  }

  private static void close(BufferedReader reader) {
    try {
      reader.close();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
