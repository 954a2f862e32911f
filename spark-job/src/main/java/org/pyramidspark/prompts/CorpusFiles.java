package org.pyramidspark.prompts;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;
import org.pyramidspark.errors.InvalidInputException;

/** Finds the files of a corpus on any of Hadoop's file systems. */
public final class CorpusFiles {
  private static final String SUFFIX = ".jsonl";

  private CorpusFiles() {}

  /**
   * All files of a corpus, by name.
   *
   * @param input a JSONL file, a folder of {@code *.jsonl}, or a glob over either
   * @throws InvalidInputException if nothing is there, or it cannot be read
   */
  public static List<CorpusFile> list(String input, Configuration hadoop) {
    try {
      Path pattern = new Path(input);
      FileSystem fileSystem = pattern.getFileSystem(hadoop);
      FileStatus[] matches = fileSystem.globStatus(pattern);
      if (matches == null || matches.length == 0) {
        throw InvalidInputException.of(
            "Input %s does not exist; give a JSONL file, a folder of *.jsonl files, or a glob.",
            input);
      }
      return named(files(fileSystem, matches, input));
    } catch (AccessControlException denied) {
      throw new InvalidInputException(
          "Input %s may not be read; grant this user the right to read it.".formatted(input),
          denied);
    } catch (IOException | IllegalArgumentException failure) {
      throw new InvalidInputException(
          "Input %s cannot be listed (%s); give a path that this machine can read."
              .formatted(input, failure.getMessage()),
          failure);
    }
  }

  private static List<FileStatus> files(FileSystem fileSystem, FileStatus[] matches, String input)
      throws IOException {
    List<FileStatus> files = new ArrayList<>();
    for (FileStatus match : matches) {
      if (match.isFile()) {
        files.add(match);
      } else {
        Arrays.stream(children(fileSystem, match.getPath())).forEach(files::add);
      }
    }
    if (files.isEmpty()) {
      throw InvalidInputException.of(
          "Input %s is a folder without *.jsonl files; give a folder that holds some.", input);
    }
    files.sort(Comparator.comparing(file -> file.getPath().toString()));
    return files;
  }

  private static FileStatus[] children(FileSystem fileSystem, Path folder) throws IOException {
    try {
      return Arrays.stream(fileSystem.listStatus(folder))
          .filter(file -> file.isFile() && file.getPath().getName().endsWith(SUFFIX))
          .toArray(FileStatus[]::new);
    } catch (FileNotFoundException vanished) {
      return new FileStatus[0];
    }
  }

  private static List<CorpusFile> named(List<FileStatus> files) {
    Path common = files.getFirst().getPath().getParent();
    while (!files.stream().allMatch(under(common)::test)) {
      common = common.getParent();
    }
    int prefix = prefixLength(common);
    return files.stream()
        .map(
            file ->
                new CorpusFile(
                    file.getPath().toString(),
                    file.getPath().toString().substring(prefix),
                    file.getLen(),
                    file.getModificationTime()))
        .toList();
  }

  private static java.util.function.Predicate<FileStatus> under(Path folder) {
    int prefix = prefixLength(folder);
    String start = folder.toString();
    return file ->
        file.getPath().toString().length() > prefix && file.getPath().toString().startsWith(start);
  }

  /** Characters of a folder's path, its final slash included. */
  private static int prefixLength(Path folder) {
    return folder.toString().length() + (folder.isRoot() ? 0 : 1);
  }
}
