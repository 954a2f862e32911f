package org.pyramidspark.commit;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.zip.CRC32C;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Writes the rows of one attempt at a split as lines, to a file under its final name that no other
 * attempt has. Used by one thread.
 */
public final class PartWriter implements SplitFiles {
  private static final int BUFFER_BYTES = 64 << 10;

  private final FileSystem fileSystem;
  private final Path file;
  private final OutputStream stream;
  private final CRC32C checksum = new CRC32C();
  private long rows;
  private long bytes;
  private boolean closed;

  private PartWriter(FileSystem fileSystem, Path file, OutputStream stream) {
    this.fileSystem = fileSystem;
    this.file = file;
    this.stream = stream;
  }

  static PartWriter create(FileSystem fileSystem, Path folder, int split) throws IOException {
    Path file =
        new Path(
            folder,
            "part-%05d-%016x.jsonl".formatted(split, ThreadLocalRandom.current().nextLong()));
    // Not recursive: where the folder is gone, the run has been given up.
    OutputStream stream = fileSystem.createFile(file).overwrite(false).build();
    return new PartWriter(fileSystem, file, new BufferedOutputStream(stream, BUFFER_BYTES));
  }

  /**
   * @param row a line, without its end
   */
  public void write(String row) throws IOException {
    byte[] line = (row + "\n").getBytes(StandardCharsets.UTF_8);
    stream.write(line);
    checksum.update(line);
    rows++;
    bytes += line.length;
  }

  @Override
  public List<PartFile> finish() throws IOException {
    closed = true;
    stream.close();
    return List.of(
        new PartFile(file.getName(), rows, bytes, "%08x".formatted(checksum.getValue())));
  }

  @Override
  public void discard() throws IOException {
    try {
      if (!closed) {
        closed = true;
        stream.close();
      }
    } catch (IOException | FSError unwritten) {
      // Rows that nobody will read; why they could not be written was said before.
    } finally {
      fileSystem.delete(file, false);
    }
  }
}
