package org.pyramidspark.prompts;

import java.io.Serializable;
import java.util.List;

/**
 * The work of one task.
 *
 * @param index its number, from 0
 * @param ranges what it reads, in the corpus's order
 */
public record Split(int index, List<LineRange> ranges) implements Serializable {

  public Split {
    ranges = List.copyOf(ranges);
  }

  public long numPrompts() {
    return ranges.stream().mapToLong(LineRange::numPrompts).sum();
  }

  /** Bytes of text that its prompts read. */
  public long workBytes() {
    return ranges.stream().mapToLong(LineRange::workBytes).sum();
  }

  /** Of its prompts by {@link RowCost}. */
  public long cost() {
    return ranges.stream().mapToLong(LineRange::cost).sum();
  }
}
