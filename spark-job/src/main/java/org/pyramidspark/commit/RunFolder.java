package org.pyramidspark.commit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
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
import org.pyramidspark.metrics.Machine;

/**
 * The folder that a run writes to, the same while it runs and at its end: files of rows, reports,
 * and in {@code _pyramid/} the books. Nothing in it is ever renamed. Used by the driver and by
 * tasks; thread-safe.
 */
public final class RunFolder {
  /** Of the files that attempts write; other jobs' parts have other names. */
  private static final Pattern PART = Pattern.compile("part-\\d{5,}-[0-9a-f]{16}\\.jsonl");

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

  /** Writes a file beside the rows, or replaces it. */
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

  /** A new book that is too long for a string; to be closed. */
  FSDataOutputStream createBook(String name) throws IOException {
    return fileSystem.create(books(name), true);
  }

  InputStream openBook(String name) throws IOException {
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

  /** All files of attempts that are there, with their sizes. */
  Map<String, Long> parts() throws IOException {
    Map<String, Long> parts = new HashMap<>();
    RemoteIterator<FileStatus> files = fileSystem.listStatusIterator(root);
    while (files.hasNext()) {
      FileStatus file = files.next();
      if (PART.matcher(file.getPath().getName()).matches()) {
        parts.put(file.getPath().getName(), file.getLen());
      }
    }
    return parts;
  }

  /** The split whose rows a file of this name holds. */
  static int splitOf(String part) {
    int start = part.indexOf('-') + 1;
    return Integer.parseInt(part.substring(start, part.indexOf('-', start)));
  }

  void deletePart(String name) throws IOException {
    fileSystem.delete(new Path(root, name), false);
  }
}
