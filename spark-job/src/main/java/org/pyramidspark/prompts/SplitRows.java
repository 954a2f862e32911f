package org.pyramidspark.prompts;

import java.io.Closeable;
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
  private final SplitLines lines;
  private final Deque<PromptRow> ready = new ArrayDeque<>();
  private int lineBytes;
  private volatile long readBytes;

  public SplitRows(Split split, Configuration hadoop) {
    this.lines = new SplitLines(split, hadoop);
  }

  /**
   * @throws UncheckedIOException if the file cannot be read or has shrunk since it was scanned
   */
  @Override
  public boolean hasNext() {
    while (ready.isEmpty() && lines.hasNext()) {
      SplitLines.Line line = lines.next();
      ready.addAll(line.prompts());
      lineBytes = line.bytes();
    }
    return !ready.isEmpty();
  }

  @Override
  public PromptRow next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    readBytes = readBytes + lineBytes;
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
    lines.close();
  }
}
