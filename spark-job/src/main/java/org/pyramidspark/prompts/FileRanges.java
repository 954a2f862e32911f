package org.pyramidspark.prompts;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The ranges that a file is cut into while it is scanned: as fine as their number allows, whatever
 * the file turns out to cost. Used by one thread.
 */
public final class FileRanges implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int most;
  private List<LineRange> ranges = new ArrayList<>();
  private long grain = 1;
  private long cost;

  /**
   * @param most the most ranges, at least 1
   */
  FileRanges(int most) {
    this.most = most;
  }

  /** Adds a line; those before it are put together where they have become too many. */
  void add(LineRange line) {
    cost += line.cost();
    append(line);
    while (ranges.size() > most) {
      grain *= 2;
      List<LineRange> finer = ranges;
      ranges = new ArrayList<>();
      finer.forEach(this::append);
    }
  }

  private void append(LineRange range) {
    if (!ranges.isEmpty() && ranges.getLast().cost() + range.cost() <= grain) {
      ranges.set(ranges.size() - 1, ranges.getLast().with(range));
    } else {
      ranges.add(range);
    }
  }

  /** In the file's order. */
  public List<LineRange> ranges() {
    return List.copyOf(ranges);
  }

  /**
   * A range that costs more is a single line. Less than four times the file's cost by the number of
   * ranges less one: neighbours together cost more than half of this did before the last doubling.
   */
  public long grain() {
    return grain;
  }

  /** Of all ranges. */
  public long cost() {
    return cost;
  }
}
