package org.pyramidspark.prompts;

import java.io.Closeable;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.util.LineReader;

/** Reads one file line by line from a given byte on. Used by one thread. */
final class JsonLines implements Closeable {
  /** A longer line is not read into memory. */
  static final int MAX_LINE_BYTES = 64 << 20;

  private final LineReader reader;
  private final Text text = new Text();
  private long offset;
  private long number;
  private int lineBytes;

  private JsonLines(FSDataInputStream stream, long offset, long firstLine) {
    this.reader = new LineReader(stream, 1 << 16);
    this.offset = offset;
    this.number = firstLine - 1;
  }

  /**
   * @param offset first byte of the line {@code firstLine}
   */
  static JsonLines open(CorpusFile file, long offset, long firstLine, Configuration hadoop)
      throws IOException {
    Path path = new Path(file.path());
    FSDataInputStream stream = path.getFileSystem(hadoop).open(path);
    try {
      stream.seek(offset);
      return new JsonLines(stream, offset, firstLine);
    } catch (IOException | RuntimeException failure) {
      stream.close();
      throw failure;
    }
  }

  /** Goes to the next line; false at the end of the file. */
  boolean advance() throws IOException {
    text.clear();
    offset += lineBytes;
    lineBytes = reader.readLine(text, MAX_LINE_BYTES);
    number++;
    return lineBytes > 0;
  }

  /** Number of the line, from 1. */
  long number() {
    return number;
  }

  /** First byte of the line. */
  long offset() {
    return offset;
  }

  /** Bytes of the line, its end included. */
  int lineBytes() {
    return lineBytes;
  }

  boolean isTooLong() {
    return lineBytes > MAX_LINE_BYTES;
  }

  boolean isBlank() {
    for (int i = 0; i < text.getLength(); i++) {
      if (!Character.isWhitespace(text.getBytes()[i])) {
        return false;
      }
    }
    return true;
  }

  /** Buffer of the line; valid up to {@link #length()} and until the next line. */
  byte[] bytes() {
    return text.getBytes();
  }

  int length() {
    return text.getLength();
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
