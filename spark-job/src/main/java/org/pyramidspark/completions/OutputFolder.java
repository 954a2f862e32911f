package org.pyramidspark.completions;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.pyramidspark.errors.InvalidInputException;

/**
 * The folder that the output of {@code evaluate} or {@code compare} appears in, whole or not at
 * all. The run writes to a hidden folder beside it, which is renamed at the end; a folder that was
 * there before is moved aside first and deleted last. Used by the driver, by one thread.
 */
public final class OutputFolder implements AutoCloseable {
  private final FileSystem fileSystem;
  private final Path target;
  private final Path staging;
  private final boolean overwrite;
  private boolean kept;

  private OutputFolder(FileSystem fileSystem, Path target, boolean overwrite) {
    this.fileSystem = fileSystem;
    this.target = target;
    this.overwrite = overwrite;
    this.staging = beside("running");
  }

  private Path beside(String kind) {
    return new Path(
        target.getParent(),
        ".%s.%s-%s".formatted(target.getName(), kind, UUID.randomUUID().toString()));
  }

  /**
   * Checks that the output can be written and makes room for it; what is there stays until {@link
   * #commit()}.
   *
   * @param overwrite whether an earlier run's output may be replaced
   * @throws InvalidInputException if the folder is there and may not be replaced, or cannot be made
   */
  public static OutputFolder prepare(String output, boolean overwrite, Configuration hadoop) {
    try {
      Path target = OutputPaths.target(output, hadoop);
      OutputFolder folder = new OutputFolder(target.getFileSystem(hadoop), target, overwrite);
      folder.checkTarget();
      folder.checkWritable();
      return folder;
    } catch (IOException | IllegalArgumentException failure) {
      throw OutputPaths.cannotBeWritten(output, failure);
    }
  }

  private void checkTarget() throws IOException {
    if (!fileSystem.exists(target)) {
      return;
    }
    if (!overwrite) {
      throw InvalidInputException.of(
          "Output folder %s exists; give another folder, or --overwrite to replace it.",
          OutputPaths.shown(target));
    }
    OutputPaths.checkOurs(fileSystem, target);
  }

  private void checkWritable() throws IOException {
    if (!fileSystem.mkdirs(staging)) {
      throw new IOException("the folder beside it could not be made");
    }
    write(new Path(staging, ".writable"), "");
    // Holds for what is made there later, too: a run that is told to stop leaves nothing.
    fileSystem.deleteOnExit(staging);
    fileSystem.delete(staging, true);
  }

  /** Where the run writes until it is committed; does not exist yet. */
  public String stagingPath() {
    return staging.toString();
  }

  /** Where the output will be, as a user would write it. */
  public String path() {
    return OutputPaths.shown(target);
  }

  /** The files that the run has written its rows to so far, in their order. */
  public List<String> parts() throws IOException {
    return Arrays.stream(fileSystem.listStatus(staging))
        .map(FileStatus::getPath)
        .filter(path -> OutputPaths.isPart(path.getName()))
        .map(Path::toString)
        .sorted()
        .toList();
  }

  /** Adds a file to the output. */
  public void write(String name, String text) throws IOException {
    write(new Path(staging, name), text);
  }

  private void write(Path file, String text) throws IOException {
    try (FSDataOutputStream stream = fileSystem.create(file, false)) {
      stream.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /**
   * Makes the output appear; replaces an earlier run's, if that was asked for.
   *
   * @throws IOException if it cannot be moved to its place; the whole output then stays where the
   *     message says
   */
  public void commit() throws IOException {
    try {
      if (overwrite && fileSystem.exists(target)) {
        replace();
      } else {
        rename(staging, target);
      }
    } catch (IOException failure) {
      kept = true;
      fileSystem.cancelDeleteOnExit(staging);
      throw new IOException(
          "The finished output could not be moved to %s (%s); it is whole in %s."
              .formatted(path(), failure.getMessage(), OutputPaths.shown(staging)),
          failure);
    }
  }

  private void replace() throws IOException {
    Path old = beside("replaced");
    rename(target, old);
    try {
      rename(staging, target);
    } catch (IOException failure) {
      rename(old, target);
      throw failure;
    }
    fileSystem.delete(old, true);
  }

  private void rename(Path from, Path to) throws IOException {
    if (fileSystem.exists(to) || !fileSystem.rename(from, to)) {
      throw new IOException(
          "%s could not be renamed to %s"
              .formatted(OutputPaths.shown(from), OutputPaths.shown(to)));
    }
  }

  /** Deletes what was not committed. */
  @Override
  public void close() throws IOException {
    if (!kept) {
      fileSystem.delete(staging, true);
    }
  }
}
