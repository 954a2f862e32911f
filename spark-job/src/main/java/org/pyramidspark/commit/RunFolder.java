package org.pyramidspark.commit;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.pyramidspark.completions.OutputPaths;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.metrics.Machine;

/**
 * The folder that a run writes to, the same while it runs and at its end: files of rows, reports,
 * and in {@code _pyramid/} the books. Nothing in it is ever renamed. Used by the driver and by
 * tasks; thread-safe.
 */
public final class RunFolder {
  /** Of the files that attempts write; other jobs' parts have other names. */
  private static final Pattern PART =
      Pattern.compile("part-\\d{5,}-[0-9a-f]{16}(\\.[0-9A-Za-z]+)+");

  private final FileSystem fileSystem;
  private final Path root;

  RunFolder(FileSystem fileSystem, Path root) {
    this.fileSystem = fileSystem;
    this.root = root;
  }

  /** A folder, whether it is there or not. */
  static RunFolder at(String path, Configuration hadoop) throws IOException {
    Path root = new Path(path);
    return new RunFolder(root.getFileSystem(hadoop), root);
  }

  /** Its path, for tasks. */
  String path() {
    return root.toString();
  }

  /** Its path, as a user would write it. */
  String shown() {
    return OutputPaths.shown(root);
  }

  /** What a user is told where a file of this folder cannot be written. */
  UnwritableOutputException unwritable(Throwable failure) {
    Throwable reason = failure;
    while (reason.getCause() != null) {
      reason = reason.getCause();
    }
    return new UnwritableOutputException(
        "Output folder %s cannot be written on host %s (%s); make room or mend it there, then go on"
                .formatted(shown(), Machine.here().host(), reason.getMessage())
            + " with --resume.",
        failure);
  }

  FileSystem fileSystem() {
    return fileSystem;
  }

  Path root() {
    return root;
  }

  Manifests manifests() {
    return new Manifests(fileSystem, books("commits"));
  }

  SplitMarks marks() {
    return new SplitMarks(fileSystem, books("marks"));
  }

  private Path books(String name) {
    return new Path(new Path(root, OutputPaths.BOOKS), name);
  }

  /** Makes it, with the folders in it. */
  void create() throws IOException {
    if (!fileSystem.mkdirs(books("commits"))) {
      throw new IOException("it could not be made");
    }
  }

  /** Whether a run has been here. */
  boolean hasBooks() throws IOException {
    return fileSystem.exists(new Path(root, OutputPaths.BOOKS));
  }

  /** Whether the output is whole. */
  boolean isFinished() throws IOException {
    return fileSystem.exists(new Path(root, OutputPaths.SUCCESS));
  }

  void delete() throws IOException {
    fileSystem.delete(root, true);
  }

  /** Writes a file in it or below, or replaces it. */
  void write(String name, String text) throws IOException {
    write(new Path(root, name), text);
  }

  /** Writes one of the books, or replaces it. */
  void writeBook(String name, String text) throws IOException {
    write(books(name), text);
  }

  private void write(Path file, String text) throws IOException {
    try (FSDataOutputStream stream = fileSystem.create(file, true)) {
      stream.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Writes a new book that is too long for a string; to be closed. */
  Writer bookWriter(String name) throws IOException {
    return new BufferedWriter(
        new OutputStreamWriter(fileSystem.create(books(name), true), StandardCharsets.UTF_8));
  }

  /**
   * The lines of a book.
   *
   * @throws InvalidInputException if it is damaged
   */
  <T extends Record> List<T> bookLines(String name, Class<T> type) throws IOException {
    List<T> values = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(openBook(name), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        values.add(BooksJson.read(line, type).orElseThrow(() -> damaged(name)));
      }
    }
    return values;
  }

  /** What is to be thrown where a book is damaged. */
  InvalidInputException damaged(String name) {
    return InvalidInputException.of(
        "The run in %s cannot be gone on with, for its %s is damaged; give --overwrite to begin"
            + " anew.",
        shown(), name);
  }

  private InputStream openBook(String name) throws IOException {
    return fileSystem.open(books(name));
  }

  /** One of the books; nothing if it is not there or damaged. */
  Optional<String> book(String name) throws IOException {
    if (!fileSystem.exists(books(name))) {
      return Optional.empty();
    }
    try (InputStream stream = openBook(name)) {
      return Optional.of(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    } catch (ChecksumException torn) {
      return Optional.empty();
    }
  }

  /** Creates the file of one attempt at a split. */
  PartWriter newPart(int split) throws IOException {
    return PartWriter.create(fileSystem, root, split);
  }

  /**
   * All files of attempts that are there, with their sizes; those in folders of partitions, too.
   */
  Map<String, Long> parts() throws IOException {
    Map<String, Long> parts = new HashMap<>();
    addParts(root, "", parts);
    return parts;
  }

  private void addParts(Path place, String prefix, Map<String, Long> parts) throws IOException {
    RemoteIterator<FileStatus> files = fileSystem.listStatusIterator(place);
    while (files.hasNext()) {
      FileStatus file = files.next();
      String name = file.getPath().getName();
      if (file.isDirectory() && OutputPaths.isPartition(name)) {
        addParts(file.getPath(), prefix + name + "/", parts);
      } else if (PART.matcher(name).matches()) {
        parts.put(prefix + name, file.getLen());
      }
    }
  }

  /** The split whose rows a file of this name holds; it may be in folders of partitions. */
  static int splitOf(String part) {
    int start = part.indexOf('-', part.lastIndexOf('/') + 1) + 1;
    return Integer.parseInt(part.substring(start, part.indexOf('-', start)));
  }

  void deletePart(String name) throws IOException {
    fileSystem.delete(new Path(root, name), false);
  }
}
