package org.pyramidspark.prompts;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;

/**
 * The prompts of one split, read as they are asked for. Used by one thread, but for {@link
 * #readBytes}.
 */
public final class SplitRows implements Iterator<PromptRow>, Closeable {
  private final Iterator<LineRange> ranges;
  private final Configuration hadoop;
  private final Deque<PromptRow> ready = new ArrayDeque<>();
  private JsonLines lines;
  private LineParser parser;
  private long leftInRange;
  private volatile long readBytes;

  public SplitRows(Split split, Configuration hadoop) {
    this.ranges = split.ranges().iterator();
    this.hadoop = hadoop;
  }

  /**
   * @throws UncheckedIOException if the file cannot be read or has shrunk since it was scanned
   */
  @Override
  public boolean hasNext() {
    try {
      while (ready.isEmpty() && (leftInRange > 0 || nextRange())) {
        readLine();
      }
      return !ready.isEmpty();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private boolean nextRange() throws IOException {
    close();
    if (!ranges.hasNext()) {
      return false;
    }
    LineRange range = ranges.next();
    lines = JsonLines.open(range.file(), range.offset(), range.firstLine(), hadoop);
    parser = new LineParser(range.file().name(), range.format());
    leftInRange = range.numPrompts();
    return true;
  }

  private void readLine() throws IOException {
    if (!lines.advance()) {
      throw new IOException(
          "A file of the corpus became shorter while it was read: %d rows are missing at line %d."
              .formatted(leftInRange, lines.number()));
    }
    if (!lines.isBlank()) {
      for (PromptRow row : parser.parse(lines)) {
        if (leftInRange > 0) {
          ready.add(row);
          leftInRange--;
        }
      }
    }
  }

  @Override
  public PromptRow next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    readBytes = readBytes + lines.lineBytes();
    return ready.remove();
  }

  /** Bytes of text of the prompts read so far, counted as {@link Split#workBytes} does. */
  public long readBytes() {
    return readBytes;
  }

  /**
   * @throws UncheckedIOException if the file cannot be closed
   */
  @Override
  public void close() {
    if (lines != null) {
      try {
        lines.close();
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
      lines = null;
    }
  }
}
