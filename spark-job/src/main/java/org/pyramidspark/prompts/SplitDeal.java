package org.pyramidspark.prompts;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/** Which split each range of a corpus goes to. Used by one thread. */
final class SplitDeal {
  private final List<LineRange> ranges;
  private final int[] splitOf;
  private final long[] costs;

  private SplitDeal(List<LineRange> ranges, int numSplits) {
    this.ranges = ranges;
    this.splitOf = new int[ranges.size()];
    this.costs = new long[numSplits];
  }

  /** Each split takes neighbours. */
  static SplitDeal inOrder(List<LineRange> ranges, int numSplits) {
    SplitDeal deal = new SplitDeal(ranges, numSplits);
    deal.fill(IntStream.range(0, ranges.size()).toArray());
    return deal;
  }

  /**
   * Long ranges go one by one to the split that has least, the longest first; the others fill the
   * splits up in their order.
   *
   * @param part a range that costs more is long
   */
  static SplitDeal longestFirst(List<LineRange> ranges, int numSplits, double part) {
    SplitDeal deal = new SplitDeal(ranges, numSplits);
    deal.spread(
        IntStream.range(0, ranges.size())
            .filter(range -> ranges.get(range).cost() > part)
            .boxed()
            .sorted(Comparator.comparingLong((Integer range) -> -ranges.get(range).cost()))
            .toList());
    deal.fill(
        IntStream.range(0, ranges.size())
            .filter(range -> ranges.get(range).cost() <= part)
            .toArray());
    return deal;
  }

  private void spread(List<Integer> longest) {
    PriorityQueue<Integer> least =
        new PriorityQueue<>(
            Comparator.comparingLong((Integer split) -> costs[split])
                .thenComparing(Comparator.naturalOrder()));
    IntStream.range(0, costs.length).forEach(least::add);
    for (int range : longest) {
      int split = least.remove();
      put(range, split);
      least.add(split);
    }
  }

  private void put(int range, int split) {
    splitOf[range] = split;
    costs[split] += ranges.get(range).cost();
  }

  /** Fills all splits up to the same cost; a range on the border goes where its middle is. */
  private void fill(int[] ordered) {
    long work = Arrays.stream(ordered).mapToLong(range -> ranges.get(range).cost()).sum();
    long[] before = costs.clone();
    double level = level(before, work);
    int split = 0;
    double end = Math.max(0, level - before[0]);
    double filled = 0;
    for (int range : ordered) {
      long cost = ranges.get(range).cost();
      while (split < before.length - 1 && filled + cost / 2.0 >= end) {
        split++;
        end += Math.max(0, level - before[split]);
      }
      put(range, split);
      filled += cost;
    }
  }

  /** What all splits that cost less cost after so much more work. */
  private static double level(long[] costs, long work) {
    long[] sorted = costs.clone();
    Arrays.sort(sorted);
    double sum = work;
    int lower = 0;
    do {
      sum += sorted[lower++];
    } while (lower < sorted.length && sum / lower > sorted[lower]);
    return sum / lower;
  }

  /** What the largest split costs. */
  long largest() {
    return Arrays.stream(costs).max().orElse(0);
  }

  /** Those that are not empty, in the order of their first ranges. */
  List<Split> splits() {
    Map<Integer, List<LineRange>> bySplit = new LinkedHashMap<>();
    for (int range = 0; range < splitOf.length; range++) {
      List<LineRange> taken = bySplit.computeIfAbsent(splitOf[range], split -> new ArrayList<>());
      if (range > 0 && splitOf[range - 1] == splitOf[range] && isOneFile(range)) {
        taken.set(taken.size() - 1, taken.getLast().with(ranges.get(range)));
      } else {
        taken.add(ranges.get(range));
      }
    }
    List<Split> splits = new ArrayList<>();
    bySplit.values().forEach(taken -> splits.add(new Split(splits.size(), taken)));
    return splits;
  }

  private boolean isOneFile(int range) {
    return ranges.get(range - 1).file().equals(ranges.get(range).file());
  }
}
