package org.pyramidspark.prompts;

import java.util.ArrayList;
import java.util.List;

/** Deals the ranges of a corpus out to tasks. */
public final class SplitPlan {
  /** A split of this size has enough prompts to fill an engine's batches many times. */
  private static final long LARGE_SPLIT_BYTES = 8L << 20;

  private SplitPlan() {}

  /** How many splits a corpus gets by default: one for each core, more if they were too large. */
  public static int defaultSplits(long corpusBytes, int cores) {
    long large = Math.ceilDiv(corpusBytes, LARGE_SPLIT_BYTES);
    return (int) Math.min(Math.max(cores, large), Integer.MAX_VALUE);
  }

  /**
   * The size of the ranges that a corpus is to be scanned in, for {@code numSplits} even splits.
   */
  public static long rangeBytes(long corpusBytes, int numSplits) {
    return Math.max(1, corpusBytes / (4L * numSplits));
  }

  /**
   * Splits of about the same work, in the corpus's order.
   *
   * @param limit prompts beyond these are left out
   * @return at most {@code numSplits}, none of them empty
   */
  public static List<Split> plan(List<LineRange> ranges, int numSplits, long limit) {
    List<LineRange> wanted = limited(ranges, limit);
    long left = wanted.stream().mapToLong(LineRange::workBytes).sum();
    List<Split> splits = new ArrayList<>();
    List<LineRange> open = new ArrayList<>();
    long openWork = 0;
    for (LineRange range : wanted) {
      open.add(range);
      openWork += range.workBytes();
      if (openWork >= Math.ceilDiv(left, numSplits - splits.size())) {
        splits.add(new Split(splits.size(), open));
        left -= openWork;
        open.clear();
        openWork = 0;
      }
    }
    return splits;
  }

  private static List<LineRange> limited(List<LineRange> ranges, long limit) {
    List<LineRange> wanted = new ArrayList<>();
    long left = limit;
    for (LineRange range : ranges) {
      if (left <= 0) {
        break;
      }
      wanted.add(range.limitedTo(left));
      left -= range.numPrompts();
    }
    return wanted;
  }
}
