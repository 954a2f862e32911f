package org.pyramidspark.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pyramidspark.cache.NamedPolicy;
import org.pyramidspark.comparison.ComparisonReport.Mean;
import org.pyramidspark.comparison.ComparisonReport.Policy;
import org.pyramidspark.prompts.RowError;

class ComparisonTotalsTest {
  private static final List<NamedPolicy> POLICIES =
      List.of(NamedPolicy.parse("full"), NamedPolicy.parse("tova:budget=0.3"));

  private static List<ComparedRow> row(Random random) {
    return POLICIES.stream().map(policy -> line(policy, random)).toList();
  }

  private static ComparedRow line(NamedPolicy policy, Random random) {
    return new ComparedRow(
        "row",
        policy.name(),
        Map.of(),
        "text",
        "eos",
        null,
        1 + random.nextInt(100),
        3,
        random.nextBoolean(),
        new ComparedRow.Kv(random.nextDouble(), random.nextDouble(), 1 + random.nextInt(1000)),
        new ComparedRow.Divergence(
            3, random.nextDouble(), random.nextDouble(), random.nextDouble()),
        random.nextBoolean() ? new ComparedRow.Likelihood(5, random.nextDouble(), 1) : null,
        random.nextBoolean() ? new ComparedRow.Rouge(random.nextDouble(), 0.5, 0.25) : null,
        null);
  }

  private static Policy second(ComparisonTotals totals) {
    return new ComparisonSummary(totals, POLICIES).figures().getLast();
  }

  @Test
  void partsAddUpToTheWholeInAnyOrder() {
    Random random = new Random(4);
    ComparisonTotals whole = new ComparisonTotals();
    List<ComparisonTotals> parts =
        new ArrayList<>(IntStream.range(0, 5).mapToObj(i -> new ComparisonTotals()).toList());
    for (int i = 0; i < 200; i++) {
      List<ComparedRow> row = row(random);
      PassTime time = new PassTime(i, i / 2, i / 3, 10, 5);
      for (ComparisonTotals totals : List.of(whole, parts.get(i % 5))) {
        totals.add(row);
        totals.add("full", time);
        totals.add("bad " + i, new RowError(RowError.Kind.ENGINE, "Number " + i));
        totals.addWork(1, 2, 3);
      }
    }
    ComparisonTotals merged = new ComparisonTotals();
    parts.reversed().forEach(merged::add);

    assertThat(merged.comparedRows()).isEqualTo(200);
    assertThat(merged.errorRows()).isEqualTo(200);
    assertThat(merged.truncatedRows()).isEqualTo(whole.truncatedRows());
    assertThat(merged.passes()).isEqualTo(200);
    assertThat(merged.failed()).hasSize(20).isEqualTo(whole.failed());
    Policy expected = second(whole);
    Policy figures = second(merged);
    assertThat(figures.kv().bytes()).isEqualTo(expected.kv().bytes());
    assertThat(figures.kv().keptFraction()).isCloseTo(expected.kv().keptFraction(), within(1e-12));
    assertThat(figures.divergence().worstKl()).isEqualTo(expected.divergence().worstKl());
    assertThat(figures.divergence().kl().high())
        .isCloseTo(expected.divergence().kl().high(), within(1e-12));
    assertThat(figures.reference().rows()).isEqualTo(expected.reference().rows());
    assertThat(figures.rouge().rouge1()).isCloseTo(expected.rouge().rouge1(), within(1e-12));
    assertThat(new ComparisonSummary(merged, POLICIES).figures().getFirst().throughput())
        .isEqualTo(new ComparisonSummary(whole, POLICIES).figures().getFirst().throughput());
  }

  @Test
  void anIntervalHoldsTheTrueMeanAboutAsOftenAsItSays() {
    Random random = new Random(9);
    int held = 0;
    for (int trial = 0; trial < 2000; trial++) {
      RowMean mean = new RowMean(Double.POSITIVE_INFINITY);
      for (int i = 0; i < 40; i++) {
        mean.add(-Math.log(1 - random.nextDouble()));
      }
      Mean figure = mean.figure();
      held += figure.low() <= 1 && 1 <= figure.high() ? 1 : 0;
    }
    assertThat(held).isBetween(1800, 1940);
  }

  @Test
  void anIntervalStaysWhereTheValuesAre() {
    RowMean mean = new RowMean(1);
    for (double value : new double[] {0, 1, 1}) {
      mean.add(value);
    }
    assertThat(mean.figure().high()).isEqualTo(1);
    assertThat(mean.figure().low()).isCloseTo(2.0 / 3 - 1.96 / 3, within(1e-12));
  }

  @Test
  void oneRowHasNoInterval() {
    RowMean mean = new RowMean(Double.POSITIVE_INFINITY);
    mean.add(0.25);

    assertThat(mean.figure()).isEqualTo(new Mean(0.25, null, null));
  }

  @Test
  void withoutRowsThereAreNoFigures() {
    Policy figures = second(new ComparisonTotals());

    assertThat(figures.kv()).isNull();
    assertThat(figures.divergence()).isNull();
    assertThat(figures.reference()).isNull();
    assertThat(figures.throughput().tokensPerSecond()).isZero();
  }
}
