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
import org.pyramidspark.metrics.DrawnRows;
import org.pyramidspark.metrics.RowSample;
import org.pyramidspark.prompts.RowError;

class ComparisonTotalsTest {
  private static final String POLICY = "tova:budget=0.3";
  private static final List<NamedPolicy> POLICIES =
      List.of(NamedPolicy.parse("full"), NamedPolicy.parse(POLICY));

  private static final RowSample SHOWN = RowSample.of(3, 200);

  private static List<ComparedRow> row(String id, Random random) {
    return POLICIES.stream().map(policy -> line(id, policy, random)).toList();
  }

  private static ComparedRow line(String id, NamedPolicy policy, Random random) {
    return new ComparedRow(
        id,
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
        hasReference(id) ? new ComparedRow.Likelihood(5, random.nextDouble(), 1) : null,
        hasReference(id) ? new ComparedRow.Rouge(random.nextDouble(), 0.5, 0.25) : null,
        null);
  }

  private static boolean hasReference(String id) {
    return id.hashCode() % 2 == 0;
  }

  private static List<Policy> figures(ComparisonTotals totals) {
    return new ComparisonSummary(totals, SampleComparison.quality(List.of(), 1), POLICIES)
        .figures();
  }

  @Test
  void partsAddUpToTheWholeInAnyOrder() {
    Random random = new Random(4);
    ComparisonTotals whole = new ComparisonTotals(SHOWN);
    List<ComparisonTotals> parts =
        new ArrayList<>(IntStream.range(0, 5).mapToObj(i -> new ComparisonTotals(SHOWN)).toList());
    for (int i = 0; i < 200; i++) {
      List<ComparedRow> row = row("row " + i, random);
      PassTime time = new PassTime(i, i / 2, i / 3, 10, 5);
      for (ComparisonTotals totals : List.of(whole, parts.get(i % 5))) {
        totals.add(row);
        totals.add("full", time);
        totals.add("bad " + i, new RowError(RowError.Kind.ENGINE, "Number " + i));
        totals.addWork(1, 2, 3);
        totals.add(drawn(i));
      }
    }
    ComparisonTotals merged = new ComparisonTotals(SHOWN);
    parts.reversed().forEach(merged::add);

    assertThat(merged.comparedRows()).isEqualTo(200);
    assertThat(merged.errorRows()).isEqualTo(200);
    assertThat(merged.truncatedRows()).isEqualTo(whole.truncatedRows());
    assertThat(merged.passes()).isEqualTo(200);
    assertThat(merged.failed()).hasSize(20).isEqualTo(whole.failed());
    assertThat(merged.examples())
        .extracting(example -> example.full().id())
        .containsExactly("row 0", "row 1", "row 2");
    Policy expected = figures(whole).getLast();
    Policy figures = figures(merged).getLast();
    assertThat(figures.kv().bytes()).isEqualTo(expected.kv().bytes());
    assertThat(figures.kv().keptFraction()).isCloseTo(expected.kv().keptFraction(), within(1e-12));
    assertThat(figures(merged).getFirst().throughput())
        .isEqualTo(figures(whole).getFirst().throughput());
  }

  private static DrawnRows<ComparedExample> drawn(int i) {
    DrawnRows<ComparedExample> rows = new DrawnRows<>(SHOWN);
    rows.add(i / 200.0, SampleComparison.example("row " + i, "text"));
    return rows;
  }

  @Test
  void anIntervalHoldsTheTrueMeanAboutAsOftenAsItSays() {
    Random random = new Random(9);
    int held = 0;
    for (int trial = 0; trial < 300; trial++) {
      List<String> lines = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        lines.add(line("row " + i, -Math.log(1 - random.nextDouble())).toJson());
      }
      Mean mean = SampleComparison.quality(lines, 1).policy(POLICY).divergence().kl();
      held += mean.low() <= 1 && 1 <= mean.high() ? 1 : 0;
    }
    assertThat(held / 300.0).isBetween(0.88, 0.97);
  }

  @Test
  void oneRowHasNoInterval() {
    ComparisonQuality quality = SampleComparison.quality(List.of(line("row", 0.25).toJson()), 1);

    assertThat(quality.policy(POLICY).divergence().kl()).isEqualTo(new Mean(0.25, null, null));
    assertThat(quality.policy(POLICY).klOver(new QualitySums()).pValue()).isNull();
  }

  @Test
  void intervalsDoNotDependOnHowLinesAreCut() {
    Random random = new Random(2);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      row("row " + i, random).forEach(line -> lines.add(line.toJson()));
    }
    lines.add(ComparedRow.failed("bad", "Nothing.").toJson());
    QualitySums whole = SampleComparison.quality(lines, 1).policy(POLICY);
    for (int parts : new int[] {2, 7, 50}) {
      QualitySums sums = SampleComparison.quality(lines, parts).policy(POLICY);
      QualitySums full = SampleComparison.quality(lines, parts).policy("full");
      assertThat(sums.divergence()).isEqualTo(whole.divergence());
      assertThat(sums.likelihood(sums)).isEqualTo(whole.likelihood(whole));
      assertThat(sums.rouge(sums)).isEqualTo(whole.rouge(whole));
      assertThat(sums.klOver(full))
          .isEqualTo(whole.klOver(SampleComparison.quality(lines, 1).policy("full")));
    }
  }

  private static ComparedRow line(String id, double kl) {
    return new ComparedRow(
        id,
        POLICY,
        Map.of(),
        "text",
        "eos",
        null,
        10,
        3,
        false,
        new ComparedRow.Kv(0.5, 0.5, 1),
        new ComparedRow.Divergence(3, kl, kl, 0.5),
        null,
        null,
        null);
  }

  @Test
  void withoutRowsThereAreNoFigures() {
    Policy figures = figures(new ComparisonTotals(SHOWN)).getLast();

    assertThat(figures.kv()).isNull();
    assertThat(figures.divergence()).isNull();
    assertThat(figures.reference()).isNull();
    assertThat(figures.throughput().tokensPerSecond()).isZero();
  }
}
