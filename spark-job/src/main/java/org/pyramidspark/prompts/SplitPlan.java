package org.pyramidspark.prompts;

import java.util.ArrayList;
import java.util.List;

/**
 * Deals the ranges of a corpus out to tasks, by what they cost. Depends on the ranges alone, so a
 * corpus has one plan, whoever has scanned it.
 *
 * <p>Splits are neighbouring ranges where these are even enough: rows that stand together often
 * begin alike. Where a few long rows would make some splits much larger than others, those rows are
 * dealt out first, the longest to the split that has least, and the rest fills the splits up.
 */
public final class SplitPlan {
  /** A split of this size has enough prompts to fill an engine's batches many times. */
  private static final long LARGE_SPLIT_BYTES = 8L << 20;

  /** A split may cost the mean and a part of it more; a range of more is dealt out by itself. */
  private static final int PARTS = 8;

  private SplitPlan() {}

  /** How many splits a corpus gets by default: one for each core, more if they were too large. */
  public static int defaultSplits(long corpusBytes, int cores) {
    long large = Math.ceilDiv(corpusBytes, LARGE_SPLIT_BYTES);
    return (int) Math.min(Math.max(cores, large), Integer.MAX_VALUE);
  }

  /**
   * How many ranges a file is to be scanned in at most, so that none with several lines costs more
   * than a part of the mean split (see {@link FileRanges#grain}).
   *
   * @param share of the corpus's cost that the file has, as far as is known
   */
  public static int mostRanges(double share, int numSplits) {
    return (int) Math.min(1 + Math.ceil(4.0 * PARTS * numSplits * share), 1 << 30);
  }

  /**
   * Whether a file was scanned in ranges that are too coarse, as its share of the cost was taken
   * for much less than it is.
   *
   * @param cost of the whole corpus
   */
  public static boolean isTooCoarse(FileRanges file, long cost, int numSplits) {
    return file.grain() > Math.max(1, 2 * part(cost, numSplits));
  }

  private static double part(long cost, int numSplits) {
    return (double) cost / numSplits / PARTS;
  }

  /** The first ranges of a corpus, with so many prompts. */
  public static List<LineRange> limited(List<LineRange> ranges, long limit) {
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

  /**
   * Splits of about the same cost: none costs more than its longest line alone, or than the mean
   * and the larger of a quarter of it and one more line. They are numbered in the order in which
   * their first lines stand in the corpus.
   *
   * @param ranges of the corpus, in its order
   * @return at most {@code numSplits}, none of them empty
   */
  public static List<Split> plan(List<LineRange> ranges, int numSplits) {
    long cost = ranges.stream().mapToLong(LineRange::cost).sum();
    long longest = ranges.stream().mapToLong(LineRange::cost).max().orElse(0);
    double part = part(cost, numSplits);
    SplitDeal neighbours = SplitDeal.inOrder(ranges, numSplits);
    if (neighbours.largest() <= Math.max(longest, (PARTS + 1) * part)) {
      return neighbours.splits();
    }
    SplitDeal even = SplitDeal.longestFirst(ranges, numSplits, part);
    return (even.largest() < neighbours.largest() ? even : neighbours).splits();
  }
}
