package org.pyramidspark.commit;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.pyramidspark.errors.InvalidInputException;

/** Inputs that may be outputs of {@code generate}. */
public final class FinishedInput {
  private FinishedInput() {}

  /**
   * Checks that an input is not the output of a run that is not finished.
   *
   * @param input a file, a folder, or a glob over either
   * @throws InvalidInputException if it is, or cannot be read
   */
  public static void check(String input, Configuration hadoop) {
    try {
      Path pattern = new Path(input);
      check(pattern.getFileSystem(hadoop), pattern);
    } catch (IOException | IllegalArgumentException failure) {
      throw new InvalidInputException(
          "Input %s cannot be listed (%s); give a path that this machine can read."
              .formatted(input, failure.getMessage()),
          failure);
    }
  }

  private static void check(FileSystem fileSystem, Path pattern) throws IOException {
    FileStatus[] matches = fileSystem.globStatus(pattern);
    Set<Path> folders = new LinkedHashSet<>();
    for (FileStatus match : matches == null ? new FileStatus[0] : matches) {
      folders.add(match.isDirectory() ? match.getPath() : match.getPath().getParent());
    }
    for (Path path : folders) {
      RunFolder folder = new RunFolder(fileSystem, path);
      if (folder.hasBooks() && !folder.isFinished()) {
        throw InvalidInputException.of(
            "Folder %s holds a run of generate that is not finished: rows are missing, and some may"
                + " be there twice; finish it first, by the same generate with --resume.",
            folder.shown());
      }
    }
  }
}
