package org.pyramidspark.quality;

import static org.assertj.core.api.Assertions.assertThat;
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
