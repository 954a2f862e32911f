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
 * The folder of marks: two small files for each attempt at a split that has any. It writes to them
 * in turn, so that a JVM that dies while it writes leaves the mark before; a mark that was not
 * written to its end counts as none. Thread-safe.
 *
 * @param folder of the marks
 */
record SplitMarks(FileSystem fileSystem, Path folder) {
  private static final Pattern NAME = Pattern.compile("((\\d{5,})-[0-9a-f]{16})-[01]\\.json");

  /** A name that no other attempt has. */
  String newAttempt(int split) {
    return "%05d-%016x".formatted(split, ThreadLocalRandom.current().nextLong());
  }

  private Path file(String attempt, long version) {
    return new Path(folder, "%s-%d.json".formatted(attempt, version % 2));
  }

  /** The splits that have marks. */
  BitSet splits() throws IOException {
    BitSet splits = new BitSet();
    for (FileStatus file : files()) {
      name(file).ifPresent(name -> splits.set(Integer.parseInt(name.group(2))));
    }
    return splits;
  }

  /** The last whole mark of each attempt at a split. */
  Map<String, SplitMark> of(int split) throws IOException {
    Map<String, SplitMark> marks = new HashMap<>();
    for (FileStatus file : files()) {
      Optional<Matcher> name =
          name(file).filter(parts -> Integer.parseInt(parts.group(2)) == split);
      if (name.isPresent()) {
        read(file.getPath())
            .ifPresent(mark -> marks.merge(name.get().group(1), mark, SplitMark::later));
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

  /** The attempt and the split in the name of a mark; nothing of other files. */
  private static Optional<Matcher> name(FileStatus file) {
    return Optional.of(NAME.matcher(file.getPath().getName())).filter(Matcher::matches);
  }

  private Optional<SplitMark> read(Path file) throws IOException {
    return BooksJson.read(fileSystem, file, SplitMark.class);
  }

  void write(String attempt, SplitMark mark) throws IOException {
    try (FSDataOutputStream stream = fileSystem.create(file(attempt, mark.version()), true)) {
      stream.write(BooksJson.file(mark));
    } catch (FSError failure) {
      throw new IOException(failure);
    }
  }

  void delete(String attempt) throws IOException {
    fileSystem.delete(file(attempt, 0), false);
    fileSystem.delete(file(attempt, 1), false);
  }

  /** The run is over. */
  void deleteAll() throws IOException {
    fileSystem.delete(folder, true);
  }
}
