package org.pyramidspark.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Estimates from sums over Poisson resamples. */
class BootstrapTest {
  private static final int RESAMPLES = 1000;
  private static final long SEED = 7;

  private record Row(String id, double score) {}

  @Test
  void weightsAreThoseOfAPoissonDistributionOfMeanOne() {
    int rows = 2000;
    PoissonWeights weights = new PoissonWeights(SEED, RESAMPLES);
    long[] counts = new long[20];
    for (int row = 0; row < rows; row++) {
      Arrays.stream(weights.of("row " + row)).forEach(weight -> counts[weight]++);
    }
    double draws = (double) rows * RESAMPLES;
    double expected = Math.exp(-1);
    for (int k = 0; k < 6; k++) {
      assertThat(counts[k] / draws).as("weight %d", k).isCloseTo(expected, within(2e-3));
      expected /= k + 1;
    }
  }

  @Test
  void weightsFollowFromSeedAndIdAlone() {
    PoissonWeights weights = new PoissonWeights(SEED, RESAMPLES);
    int[] first = weights.of("a").clone();
    assertThat(weights.of("b")).isNotEqualTo(first);
    assertThat(weights.of("a")).isEqualTo(first);
    assertThat(new PoissonWeights(SEED + 1, RESAMPLES).of("a")).isNotEqualTo(first);
    assertThat(new PoissonWeights(SEED, RESAMPLES - 1).of("a"))
        .isEqualTo(Arrays.copyOf(first, RESAMPLES - 1));
  }

  @Property(tries = 30)
  void partsAddUpToTheSameBitsInAnyOrder(
      @ForAll @IntRange(min = 1, max = 60) int numRows,
      @ForAll @IntRange(min = 1, max = 9) int numParts,
      @ForAll Random random) {
    List<Row> rows = rows(numRows, random);
    Estimate whole = sums(rows).estimate();

    List<Row> shuffled = new ArrayList<>(rows);
    Collections.shuffle(shuffled, random);
    ResampledSums total = new ResampledSums(RESAMPLES);
    for (int part = 0; part < numParts; part++) {
      int index = part;
      total.add(
          sums(
              IntStream.range(0, numRows)
                  .filter(i -> i % numParts == index)
                  .mapToObj(shuffled::get)
                  .toList()));
    }
    assertThat(total.estimate()).isEqualTo(whole);
  }

  @Test
  void theMeanIsThatOfTheScoresAndTheIntervalThatOfTheNormalApproximation() {
    List<Row> rows = rows(400, new Random(1));
    Estimate estimate = sums(rows).estimate();
    double mean = rows.stream().mapToDouble(Row::score).average().orElseThrow();
    double variance =
        rows.stream().mapToDouble(row -> Math.pow(row.score() - mean, 2)).sum() / (rows.size() - 1);
    double half = 1.96 * Math.sqrt(variance / rows.size());
    assertThat(estimate.rows()).isEqualTo(400);
    assertThat(estimate.mean()).isCloseTo(mean, within(1e-9));
    assertThat(estimate.mean() - estimate.low()).isCloseTo(half, within(0.15 * half));
    assertThat(estimate.high() - estimate.mean()).isCloseTo(half, within(0.15 * half));
  }

  /** Of 300 samples with the true mean 0.5, the binomial's own spread is 1.3 points. */
  @Test
  void nineteenOfTwentyIntervalsHoldTheTrueMean() {
    Random random = new Random(3);
    long held =
        IntStream.range(0, 300)
            .mapToObj(i -> sums(rows(80, random)).estimate())
            .filter(estimate -> estimate.low() <= 0.5 && estimate.high() >= 0.5)
            .count();
    assertThat(held / 300.0).isBetween(0.90, 0.98);
  }

  @Test
  void oneRowHasNoSpread() {
    Estimate estimate = sums(List.of(new Row("a", 0.25))).estimate();
    assertThat(estimate).isEqualTo(new Estimate(1, 0.25, 0.25, 0.25));
  }

  @Test
  void aRunDoesNotDifferFromItself() {
    ResampledSums sums = sums(rows(50, new Random(5)));
    assertThat(sums.minus(sums)).isEqualTo(new PairedDifference(0, 0, 0, 1));
  }

  @Test
  void pairsTellASmallDifferenceOnHardAndEasyRows() {
    Random random = new Random(9);
    List<Row> rows = rows(100, random);
    List<Row> better =
        rows.stream()
            .map(row -> new Row(row.id(), 0.9 * row.score() + 0.1 * random.nextDouble()))
            .toList();
    PairedDifference up = sums(better).minus(sums(rows));
    PairedDifference down = sums(rows).minus(sums(better));
    assertThat(down.mean()).isEqualTo(-up.mean());
    assertThat(down.pValue()).isEqualTo(up.pValue());
    assertThat(down.high()).isCloseTo(-up.low(), within(1e-12));
    assertThat(up.high() - up.low())
        .isLessThan(sums(rows).estimate().high() - sums(rows).estimate().low());
  }

  /** Where nothing differs but by chance, p-values are spread evenly. */
  @Test
  void pValuesOfNoDifferenceAreUniform() {
    Random random = new Random(11);
    double[] pValues =
        IntStream.range(0, 300)
            .mapToDouble(i -> sums(rows(60, random)).minus(sums(rows(60, random))).pValue())
            .toArray();
    for (double level : new double[] {0.05, 0.2, 0.5}) {
      double share = Arrays.stream(pValues).filter(p -> p <= level).count() / 300.0;
      assertThat(share).as("p <= %s", level).isCloseTo(level, within(0.08));
    }
  }

  @Test
  void aClearDifferenceHasASmallPValue() {
    List<Row> rows = rows(100, new Random(13));
    List<Row> better = rows.stream().map(row -> new Row(row.id(), row.score() / 2 + 0.5)).toList();
    PairedDifference difference = sums(better).minus(sums(rows));
    assertThat(difference.low()).isPositive();
    assertThat(difference.pValue()).isEqualTo(2.0 / (RESAMPLES + 1));
  }

  /** Values need not be shares: nats have no end, and most rows have few. */
  @Test
  void nineteenOfTwentyIntervalsHoldTheTrueMeanOfNatsToo() {
    Random random = new Random(17);
    long held =
        IntStream.range(0, 300)
            .mapToObj(i -> sums(nats(80, random)).estimate())
            .filter(estimate -> estimate.low() <= 2 && estimate.high() >= 2)
            .count();
    assertThat(held / 300.0).isBetween(0.88, 0.98);
  }

  private static List<Row> nats(int count, Random random) {
    return IntStream.range(0, count)
        .mapToObj(i -> new Row("row " + i, -2 * Math.log(1 - random.nextDouble())))
        .toList();
  }

  @Property(tries = 30)
  void aRowOfSeveralPartsCountsAsOftenAndIsDrawnAsOne(
      @ForAll @IntRange(min = 1, max = 40) int numRows, @ForAll Random random) {
    PoissonWeights weights = new PoissonWeights(SEED, RESAMPLES);
    ResampledSums whole = new ResampledSums(RESAMPLES);
    ResampledSums parts = new ResampledSums(RESAMPLES);
    for (int row = 0; row < numRows; row++) {
      int count = 1 + random.nextInt(5);
      double value = 100 * random.nextDouble();
      int[] draws = weights.of("row " + row);
      whole.add(value, count, draws);
      IntStream.range(0, count).forEach(part -> parts.add(value, draws));
    }
    assertThat(whole.rows()).isEqualTo(numRows);
    assertThat(whole.parts()).isEqualTo(parts.rows());
    assertThat(whole.estimate().mean()).isCloseTo(parts.estimate().mean(), within(1e-8));
    assertThat(whole.estimate().low()).isCloseTo(parts.estimate().low(), within(1e-8));
    assertThat(whole.estimate().high()).isCloseTo(parts.estimate().high(), within(1e-8));
  }

  @Test
  void whatIsNoNumberIsRefused() {
    ResampledSums sums = new ResampledSums(RESAMPLES);
    int[] draws = new PoissonWeights(SEED, RESAMPLES).of("row");
    for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> sums.add(value, draws))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(String.valueOf(value));
    }
    assertThat(sums.rows()).isZero();
  }

  private static List<Row> rows(int count, Random random) {
    return IntStream.range(0, count)
        .mapToObj(i -> new Row("row " + i, random.nextDouble()))
        .toList();
  }

  private static ResampledSums sums(List<Row> rows) {
    PoissonWeights weights = new PoissonWeights(SEED, RESAMPLES);
    ResampledSums sums = new ResampledSums(RESAMPLES);
    rows.forEach(row -> sums.add(row.score(), weights.of(row.id())));
    return sums;
  }
}
