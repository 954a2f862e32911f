package org.pyramidspark.commit;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The folder of marks: small files, one for each attempt at a split that has any. A mark that was
 * not written to its end counts as none. Thread-safe.
 *
 * @param folder of the marks
 */
record SplitMarks(FileSystem fileSystem, Path folder) {
  private static final Pattern NAME = Pattern.compile("(\\d{5,})-[0-9a-f]{16}\\.json");

  /** A file that no other attempt has. */
  Path newFile(int split) {
    return new Path(
        folder, "%05d-%016x.json".formatted(split, ThreadLocalRandom.current().nextLong()));
  }

  /** The splits that have marks. */
  BitSet splits() throws IOException {
    BitSet splits = new BitSet();
    for (FileStatus file : files()) {
      split(file).ifPresent(splits::set);
    }
    return splits;
  }

  /** All whole marks of a split. */
  Map<Path, SplitMark> of(int split) throws IOException {
    Map<Path, SplitMark> marks = new HashMap<>();
    for (FileStatus file : files()) {
      if (split(file).filter(number -> number == split).isPresent()) {
        read(file.getPath()).ifPresent(mark -> marks.put(file.getPath(), mark));
      }
    }
    return marks;
  }

  private FileStatus[] files() throws IOException {
    try {
      return fileSystem.listStatus(folder);
    } catch (FileNotFoundException none) {
      return new FileStatus[0];
    }
  }

  private static Optional<Integer> split(FileStatus file) {
    Matcher name = NAME.matcher(file.getPath().getName());
    return name.matches() ? Optional.of(Integer.valueOf(name.group(1))) : Optional.empty();
  }

  private Optional<SplitMark> read(Path file) throws IOException {
    return BooksJson.read(fileSystem, file, SplitMark.class);
  }

  void write(Path file, SplitMark mark) throws IOException {
    try (FSDataOutputStream stream = fileSystem.create(file, true)) {
      stream.write(BooksJson.file(mark));
    } catch (FSError failure) {
      throw new IOException(failure);
    }
  }

  void delete(Path file) throws IOException {
    fileSystem.delete(file, false);
  }

  /** The run is over. */
  void deleteAll() throws IOException {
    fileSystem.delete(folder, true);
  }
}
