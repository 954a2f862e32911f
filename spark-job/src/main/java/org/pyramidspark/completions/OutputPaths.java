package org.pyramidspark.completions;

import java.io.IOException;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.pyramidspark.errors.InvalidInputException;

/**
 * What is common to the output folders of all jobs: their files' names, and messages about them.
 */
public final class OutputPaths {
  /** The empty file that is there once an output is whole. */
  public static final String SUCCESS = "_SUCCESS";

  /** The folder in which {@code generate} keeps its books; readers pass over its name. */
  public static final String BOOKS = "_pyramid";

  private static final Pattern PART = Pattern.compile("part-\\d{5,}(-[0-9a-f]{16})?\\.jsonl");
  private static final Pattern TABLE_PART =
      Pattern.compile("part-\\d{5,}-[0-9a-f]{16}(\\.[0-9A-Za-z]+)+");
  private static final Pattern OURS =
      Pattern.compile(
          SUCCESS + "|" + PART + "|" + TABLE_PART + "|report\\.(json|md|html)|\\..*\\.crc");

  private OutputPaths() {}

  /**
   * An output folder's path in full.
   *
   * @throws InvalidInputException if it is a root folder
   */
  public static Path target(String output, Configuration hadoop) throws IOException {
    Path path = new Path(output);
    Path target = path.getFileSystem(hadoop).makeQualified(path);
    if (target.isRoot()) {
      throw InvalidInputException.of("Output %s is a root folder; give a folder below it.", output);
    }
    return target;
  }

  /** Whether a file of this name in an output folder holds rows. */
  public static boolean isPart(String name) {
    return PART.matcher(name).matches();
  }

  /** Whether a folder of this name in an output folder holds rows with one value of a column. */
  public static boolean isPartition(String name) {
    return name.indexOf('=') > 0;
  }

  /**
   * Checks that all that is in a folder was written by a run, so that it may be replaced.
   *
   * @throws InvalidInputException if there is anything else
   */
  public static void checkOurs(FileSystem fileSystem, Path folder) throws IOException {
    if (!fileSystem.getFileStatus(folder).isDirectory()) {
      throw InvalidInputException.of(
          "Output %s is a file; give a folder, which --overwrite may replace.", shown(folder));
    }
    for (FileStatus file : fileSystem.listStatus(folder)) {
      String name = file.getPath().getName();
      if (file.isDirectory()
          ? !name.equals(BOOKS) && !isPartition(name)
          : !OURS.matcher(name).matches()) {
        throw InvalidInputException.of(
            "Output folder %s holds %s, which no run has written; --overwrite replaces only an"
                + " earlier run's output, so give another folder.",
            shown(folder), name);
      }
    }
  }

  /** What a user is told of a folder that cannot be made. */
  public static InvalidInputException cannotBeWritten(String output, Exception failure) {
    return new InvalidInputException(
        "Output folder %s cannot be written (%s); give a folder that this user may create."
            .formatted(
                output,
                String.valueOf(failure.getMessage()).lines().findFirst().orElse("no reason")),
        failure);
  }

  /** A path as a user would write it. */
  public static String shown(Path path) {
    return "file".equals(path.toUri().getScheme()) ? path.toUri().getPath() : path.toString();
  }
}
