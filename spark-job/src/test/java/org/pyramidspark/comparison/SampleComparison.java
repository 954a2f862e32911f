package org.pyramidspark.comparison;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.pyramidspark.cache.NamedPolicy;
import org.pyramidspark.cache.Policies;
import org.pyramidspark.comparison.ComparedExample.Outcome;
import org.pyramidspark.metrics.ExampleRow;
import org.pyramidspark.metrics.ExampleRow.NamedText;
import org.pyramidspark.metrics.RowSample;
import org.pyramidspark.metrics.ShadedPrompt;
import org.pyramidspark.metrics.ShadedPrompt.Run;
import org.pyramidspark.prompts.RowError;
import org.pyramidspark.report.RunReport;

/** Comparisons of rows that were drawn at random. */
public final class SampleComparison {
  static final int LAYERS = 30;

  private final List<NamedPolicy> policies;
  private final Random random;
  private final ComparisonTotals totals = new ComparisonTotals(RowSample.NONE);
  private final List<String> lines = new ArrayList<>();

  private SampleComparison(List<NamedPolicy> policies, Random random) {
    this.policies = policies;
    this.random = random;
  }

  /** All policies at three budgets. */
  static List<NamedPolicy> policies() {
    return Stream.concat(
            Stream.of("full", "pyramid", "llama2-7b:prefill_decay=0.5").map(NamedPolicy::parse),
            Policies.NAMES.stream()
                .filter(name -> !List.of("full", "pyramid").contains(name))
                .map(NamedPolicy::parse)
                .flatMap(
                    policy ->
                        Stream.of("0.3", "0.5", "0.7")
                            .map(budget -> policy.with("budget", budget))))
        .toList();
  }

  /**
   * All policies, with everything that a page can show.
   *
   * @param text stands wherever corpus, model, paths and settings have their say
   */
  public static ComparisonReport with(String text) {
    List<NamedPolicy> policies = new ArrayList<>(policies());
    policies.add(new NamedPolicy(text, Map.of(), NamedPolicy.parse("tova:budget=0.4").policy()));
    SampleComparison sample = new SampleComparison(policies, new Random(3));
    sample.addRows(24, true);
    sample.totals.add(text, new RowError(RowError.Kind.ENGINE, text));
    return sample.report(text);
  }

  /** The page of {@link #with}, with two rows whole. */
  public static String page(String text) {
    return ComparisonText.html(
        with(text), List.of(example(text, text), example("a second row", text)));
  }

  /**
   * A row under three policies.
   *
   * @param text stands in the prompt and in all completions, and is the last policy's name
   */
  static ComparedExample example(String id, String text) {
    return new ComparedExample(
        List.of(new NamedText("reference", "what was expected")),
        List.of(
            outcome("full", 0, id, text, LAYERS),
            outcome("snapkv:budget=0.3", 0.25, id, text, 9),
            outcome(text, 0.5, id, text, 0.4)));
  }

  private static Outcome outcome(String policy, double kl, String id, String text, double layers) {
    List<Run> shades =
        IntStream.rangeClosed(0, LAYERS)
            .mapToObj(i -> new Run("word ", Math.min(i, layers)))
            .toList();
    ShadedPrompt prompt =
        new ShadedPrompt(
            List.of(new Run(text, layers)), 1234, shades, List.of(1.0, layers / LAYERS));
    return new Outcome(
        policy,
        kl,
        1 - kl,
        new ExampleRow(
            id,
            "eos",
            2034,
            57,
            layers / LAYERS,
            LAYERS,
            prompt,
            List.of(new NamedText("completion", text + " by " + policy))));
  }

  /** Some rows under some policies. */
  static ComparisonReport of(
      List<NamedPolicy> policies, int rows, boolean references, Random random) {
    SampleComparison sample = new SampleComparison(policies, random);
    sample.addRows(rows, references);
    return sample.report("sample");
  }

  private void addRows(int rows, boolean references) {
    for (int row = 0; row < rows; row++) {
      String id = "row " + row;
      boolean hasReference = references && random.nextInt(4) > 0;
      List<ComparedRow> compared =
          policies.stream().map(policy -> line(id, policy, hasReference)).toList();
      totals.add(compared);
      compared.forEach(line -> lines.add(line.toJson()));
    }
    for (NamedPolicy policy : policies) {
      long nanos = rows == 0 ? 0 : (long) ((1 - 0.5 * random.nextDouble()) * 40e9);
      totals.add(policy.name(), new PassTime(nanos, nanos / 2, nanos / 3, 90_000L * rows, 50));
    }
  }

  private ComparedRow line(String id, NamedPolicy policy, boolean hasReference) {
    boolean full = policy.name().equals("full");
    double budget = policy.policy().settings().get("budget") instanceof Double share ? share : 0.62;
    double kept = full ? 1 : budget - 0.01 * random.nextDouble();
    double skill = 0.2 + policy.policy().name().length() / 12.0;
    double kl = full ? 0 : -skill * (1 - kept) * (1 - kept) * Math.log(1 - random.nextDouble());
    ComparedRow.Rouge rouge =
        new ComparedRow.Rouge(0.5 * random.nextDouble(), 0.1, 0.3 * random.nextDouble());
    return new ComparedRow(
        id,
        policy.name(),
        policy.policy().settings(),
        "text",
        "eos",
        null,
        900 + random.nextInt(100),
        3,
        random.nextInt(9) == 0,
        new ComparedRow.Kv(kept, full ? 1 : (1 + kept) / 2, (long) (kept * (20 << 20))),
        new ComparedRow.Divergence(32, kl, 9 * kl, Math.exp(-kl)),
        hasReference ? new ComparedRow.Likelihood(40, 2 + kl + random.nextDouble(), 2) : null,
        hasReference ? rouge : null,
        full ? null : rouge);
  }

  private ComparisonReport report(String text) {
    ComparisonSummary summary = new ComparisonSummary(totals, quality(lines, 3), policies);
    List<ComparisonReport.Policy> figures = summary.figures();
    return new ComparisonReport(
        "2026-01-01T00:00:00Z",
        Map.of("input", text),
        new RunReport.Model(text, text, "00ff"),
        summary.rows(),
        321.5,
        figures,
        summary.atMemory(figures),
        summary.atTime(figures),
        summary.errorRows(),
        List.of(
            new RunReport.Engine(
                text, text, text, 16, 64L << 30, 16, "bfloat16 / int8", true, "vector", "2.18")),
        Map.of("Java", text));
  }

  /** What lines say, summed up in so many parts. */
  static ComparisonQuality quality(List<String> lines, int parts) {
    Map<String, QualitySums> policies = new HashMap<>();
    for (int part = parts - 1; part >= 0; part--) {
      int index = part;
      new QualitySumming()
          .call(
              IntStream.range(0, lines.size())
                  .filter(i -> i % parts == index)
                  .mapToObj(lines::get)
                  .iterator())
          .forEachRemaining(policy -> policies.merge(policy._1(), policy._2(), QualitySums::plus));
    }
    return new ComparisonQuality(policies);
  }
}
