package org.pyramidspark.tables;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.zip.CRC32C;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.datasources.OutputWriter;
import org.pyramidspark.commit.PartFile;
import org.pyramidspark.commit.SplitFiles;

/**
 * Writes the rows of one attempt at a split by Spark's writers, to files under their final names
 * that no other attempt has. Used by one thread.
 */
final class TableFiles implements SplitFiles {
  /** Rows come in no order of folders, and each open file holds buffers. */
  private static final int MOST_OPEN = 16;

  private static final int BUFFER_BYTES = 64 << 10;

  private final TableWriter writer;
  private final TaskAttemptContext context;
  private final FileSystem fileSystem;
  private final Path root;
  private final int split;

  /** By folder, the one that was opened first in front. */
  private final Map<String, OpenFile> open = new LinkedHashMap<>();

  private final List<OpenFile> all = new ArrayList<>();

  private static final class OpenFile {
    private final String name;
    private OutputWriter writer;
    private long rows;

    OpenFile(String name) {
      this.name = name;
    }

    void write(InternalRow row) {
      writer.write(row);
      rows++;
    }

    void close() {
      if (writer != null) {
        OutputWriter open = writer;
        writer = null;
        open.close();
      }
    }
  }

  private TableFiles(TableWriter writer, FileSystem fileSystem, Path root, int split) {
    this.writer = writer;
    this.context = writer.context();
    this.fileSystem = fileSystem;
    this.root = root;
    this.split = split;
  }

  /** To be called by the task. */
  static TableFiles open(TableWriter writer, String folder, int split) throws IOException {
    Path root = new Path(folder);
    TableFiles files = new TableFiles(writer, root.getFileSystem(writer.conf()), root, split);
    if (writer.layout().folders().isEmpty()) {
      try {
        files.writing(() -> files.file(""));
      } catch (IOException | FSError failure) {
        files.discard();
        throw failure;
      }
    }
    return files;
  }

  /** Adds a row. */
  void write(InternalRow row) throws IOException {
    writing(() -> file(writer.layout().folder(row)).write(writer.layout().inFile(row)));
  }

  /** Formats wrap what the file system throws, each in its own way. */
  private static void writing(Runnable action) throws IOException {
    try {
      action.run();
    } catch (RuntimeException failure) {
      for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
        if (cause instanceof IOException || cause instanceof FSError) {
          throw new IOException(cause);
        }
      }
      throw failure;
    }
  }

  private OpenFile file(String folder) {
    OpenFile there = open.get(folder);
    if (there != null) {
      return there;
    }
    if (open.size() == MOST_OPEN) {
      open.remove(open.keySet().iterator().next()).close();
    }
    String name =
        "%spart-%05d-%016x%s"
            .formatted(folder, split, ThreadLocalRandom.current().nextLong(), extension());
    OpenFile file = new OpenFile(name);
    // A file may be there even if it cannot be opened.
    all.add(file);
    file.writer =
        writer
            .factory()
            .newInstance(new Path(root, name).toString(), writer.layout().fileSchema(), context);
    open.put(folder, file);
    return file;
  }

  /** Lines of JSON have the same name whoever writes them. */
  private String extension() {
    return writer.factory().getFileExtension(context).replaceFirst("^\\.json\\b", ".jsonl");
  }

  @Override
  public List<PartFile> finish() throws IOException {
    open.clear();
    List<PartFile> parts = new ArrayList<>();
    for (OpenFile file : all) {
      writing(file::close);
      parts.add(part(file));
    }
    return parts;
  }

  /** Reads it again, which also proves that it can be. */
  private PartFile part(OpenFile file) throws IOException {
    CRC32C checksum = new CRC32C();
    byte[] buffer = new byte[BUFFER_BYTES];
    long bytes = 0;
    try (InputStream stream = fileSystem.open(new Path(root, file.name))) {
      for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
        checksum.update(buffer, 0, read);
        bytes += read;
      }
    }
    return new PartFile(file.name, file.rows, bytes, "%08x".formatted(checksum.getValue()));
  }

  @Override
  public void discard() throws IOException {
    open.clear();
    for (OpenFile file : all) {
      try {
        file.close();
      } catch (Exception | FSError unwritten) {
        // Rows that nobody will read; why they could not be written was said before.
      } finally {
        fileSystem.delete(new Path(root, file.name), false);
      }
    }
  }
}
