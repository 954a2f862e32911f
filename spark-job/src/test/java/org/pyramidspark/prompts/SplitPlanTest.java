package org.pyramidspark.prompts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Whatever rows cost: where they go, and how even splits are. */
class SplitPlanTest {

  /** How costs of rows may be spread. */
  private enum Spread {
    EQUAL(random -> 1000),
    EVEN(random -> 1 + 2000 * random.nextDouble()),
    LONG_TAIL(random -> 50 * Math.exp(2 * random.nextGaussian())),
    FEW_LONG(random -> random.nextInt(50) == 0 ? 40_000 : 100),
    HALF_LONG(random -> random.nextBoolean() ? 8000 : 10);

    private final ToDoubleFunction<SplittableRandom> draw;

    Spread(ToDoubleFunction<SplittableRandom> draw) {
      this.draw = draw;
    }

    long[] costs(SplittableRandom random, int rows) {
      return LongStream.range(0, rows).map(row -> 1 + (long) draw.applyAsDouble(random)).toArray();
    }
  }

  private static CorpusFile file(String name) {
    return new CorpusFile("file:/" + name, name, 1, 0);
  }

  /** A file whose line numbers and offsets tell its rows. */
  private static FileRanges scan(String name, long[] costs, int mostRanges) {
    FileRanges ranges = new FileRanges(mostRanges);
    for (int row = 0; row < costs.length; row++) {
      ranges.add(new LineRange(file(name), CorpusFormat.PROMPTS, row, row + 1, 7, costs[row], 1));
    }
    return ranges;
  }

  private static long[] costs(List<LineRange> lines) {
    return lines.stream().mapToLong(LineRange::cost).toArray();
  }

  @Property
  void everyRowIsInOneSplitAndNoSplitIsMuchLargerThanTheMean(
      @ForAll Spread spread,
      @ForAll @IntRange(min = 1, max = 400) int rows,
      @ForAll @IntRange(min = 1, max = 60) int numSplits,
      @ForAll long seed) {
    long[] costs = spread.costs(new SplittableRandom(seed), rows);

    List<Split> splits =
        SplitPlan.plan(scan("a", costs, SplitPlan.mostRanges(1, numSplits)).ranges(), numSplits);

    assertThat(splits).hasSizeBetween(1, numSplits).allMatch(split -> split.numPrompts() > 0);
    assertThat(splits).extracting(Split::index).isSorted().doesNotHaveDuplicates();
    assertThat(lines(splits))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, rows).boxed().toList());
    for (Split split : splits) {
      assertThat(split.cost())
          .isEqualTo(
              lines(List.of(split)).stream().mapToLong(line -> costs[(int) (line - 1)]).sum());
      assertThat(split.cost()).isLessThanOrEqualTo(most(costs, numSplits));
    }
  }

  /** Numbers of the lines of splits, sorted. */
  private static List<Long> lines(List<Split> splits) {
    List<Long> lines = new ArrayList<>();
    for (Split split : splits) {
      for (LineRange range : split.ranges()) {
        LongStream.range(range.firstLine(), range.firstLine() + range.numPrompts())
            .forEach(lines::add);
      }
    }
    lines.sort(Comparator.naturalOrder());
    return lines;
  }

  /** The longest row alone, or the mean and what a split is filled up with. */
  private static long most(long[] costs, int numSplits) {
    long[] sorted = LongStream.of(costs).map(cost -> -cost).sorted().map(cost -> -cost).toArray();
    double mean = (double) LongStream.of(costs).sum() / numSplits;
    long oneMore = sorted.length > numSplits ? sorted[numSplits] : 0;
    return Math.max(sorted[0], (long) Math.ceil(mean + Math.max(mean / 4, oneMore)));
  }

  @Property
  void aFewLongRowsAmongManyShortOnesMakeNoSplitLarge(
      @ForAll @IntRange(min = 2, max = 8) int numSplits, @ForAll long seed) {
    // As many long rows as splits, together half of all work, anywhere.
    long[] costs = new long[20_000];
    LongStream.range(0, costs.length).forEach(row -> costs[(int) row] = 10);
    SplittableRandom random = new SplittableRandom(seed);
    for (int left = numSplits; left > 0; ) {
      int row = random.nextInt(costs.length);
      if (costs[row] == 10) {
        costs[row] = 10L * costs.length / numSplits;
        left--;
      }
    }

    List<Split> splits =
        SplitPlan.plan(scan("a", costs, SplitPlan.mostRanges(1, numSplits)).ranges(), numSplits);

    double mean = (double) LongStream.of(costs).sum() / numSplits;
    assertThat(splits).hasSize(numSplits).allMatch(split -> split.cost() <= 1.125 * mean);
  }

  @Property
  void rangesOfSeveralLinesAreSmallAndNeighboursInTheirOrder(
      @ForAll Spread spread,
      @ForAll @IntRange(min = 1, max = 400) int rows,
      @ForAll @IntRange(min = 2, max = 100) int most,
      @ForAll long seed) {
    long[] costs = spread.costs(new SplittableRandom(seed), rows);

    FileRanges scanned = scan("a", costs, most);

    assertThat(scanned.ranges()).hasSizeLessThanOrEqualTo(most);
    assertThat(scanned.cost()).isEqualTo(LongStream.of(costs).sum());
    assertThat(LongStream.of(costs(scanned.ranges())).sum()).isEqualTo(scanned.cost());
    assertThat(scanned.grain())
        .isLessThanOrEqualTo(Math.max(1, (long) Math.ceil(4.0 * scanned.cost() / (most - 1))));
    long next = 1;
    for (LineRange range : scanned.ranges()) {
      assertThat(range.firstLine()).isEqualTo(next);
      assertThat(range.numPrompts() == 1 || range.cost() <= scanned.grain()).isTrue();
      next += range.numPrompts();
    }
  }

  @Property
  void rowsThatCostTheSameStayNeighbours(
      @ForAll @IntRange(min = 1, max = 400) int rows,
      @ForAll @IntRange(min = 1, max = 60) int numSplits) {
    long[] costs = Spread.EQUAL.costs(new SplittableRandom(0), rows);

    List<Split> splits =
        SplitPlan.plan(scan("a", costs, SplitPlan.mostRanges(1, numSplits)).ranges(), numSplits);

    assertThat(splits).allMatch(split -> split.ranges().size() == 1);
    assertThat(splits)
        .extracting(split -> split.ranges().getFirst().firstLine())
        .isSorted()
        .doesNotHaveDuplicates();
  }
}
