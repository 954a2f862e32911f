package org.pyramidspark.prompts;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;

/** The lines of one split that hold rows, read as they are asked for. Used by one thread. */
public final class SplitLines implements Iterator<SplitLines.Line>, Closeable {
  private final Iterator<LineRange> ranges;
  private final Configuration hadoop;
  private JsonLines lines;
  private LineParser parser;
  private long leftInRange;
  private Line ready;

  /**
   * A line and what of it belongs to the run.
   *
   * @param content what it holds
   * @param prompts the first of its prompts, as many as belong to the run
   * @param bytes its length
   */
  public record Line(CorpusLine content, List<PromptRow> prompts, int bytes) {}

  public SplitLines(Split split, Configuration hadoop) {
    this.ranges = split.ranges().iterator();
    this.hadoop = hadoop;
  }

  /**
   * @throws UncheckedIOException if the file cannot be read or has shrunk since it was scanned
   */
  @Override
  public boolean hasNext() {
    try {
      while (ready == null && (leftInRange > 0 || nextRange())) {
        readLine();
      }
      return ready != null;
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
      CorpusLine content = parser.parse(lines);
      List<PromptRow> prompts = content.prompts();
      List<PromptRow> wanted = prompts.subList(0, (int) Math.min(leftInRange, prompts.size()));
      leftInRange -= wanted.size();
      ready = new Line(content, wanted, lines.lineBytes());
    }
  }

  @Override
  public Line next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Line line = ready;
    ready = null;
    return line;
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
