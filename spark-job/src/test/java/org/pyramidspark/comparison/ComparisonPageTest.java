package org.pyramidspark.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.select.Elements;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pyramidspark.cache.NamedPolicy;
import org.pyramidspark.comparison.ComparisonReport.AtMemory;
import org.pyramidspark.report.Figures;
import org.pyramidspark.report.Pages;

/** The page of a comparison, and the ranking that it puts in words. */
class ComparisonPageTest {
  private static final ToDoubleFunction<JsonNode> MEMORY =
      policy -> policy.at("/kv/kept_fraction").asDouble();
  private static final ToDoubleFunction<JsonNode> TIME =
      policy -> policy.at("/throughput/seconds").asDouble();
  private static final ToDoubleFunction<JsonNode> KL =
      policy -> policy.at("/divergence/kl/mean").asDouble();
  private static final ToDoubleFunction<JsonNode> DISAGREEMENT =
      policy -> -policy.at("/divergence/agreement/mean").asDouble();

  private static final ComparisonReport REPORT = SampleComparison.with("plain");
  private static final Document PAGE = Pages.whole(SampleComparison.page("plain"));

  /** The page of any totals. */
  @Test
  void thePageOfAnyTotalsIsWholeAndShowsEveryPolicyAndTheTrueFront() throws IOException {
    Random random = new Random(8);
    for (int run = 0; run < 30; run++) {
      ComparisonReport report =
          SampleComparison.of(
              some(random), 1 + random.nextInt(12), random.nextBoolean(), new Random(run));
      Document page = Pages.whole(ComparisonText.html(report, List.of()));

      List<String> names = report.policies().stream().map(policy -> policy.name()).toList();
      for (String table : List.of("Speed and memory", "Against the full cache")) {
        assertThat(Pages.cells(page, table, 0)).isEqualTo(names);
      }
      List<JsonNode> policies = policies(report);
      assertFront(page, "kl-over-memory", policies, MEMORY, KL);
      assertFront(page, "agreement-over-memory", policies, MEMORY, DISAGREEMENT);
      assertFront(page, "kl-over-time", policies, TIME, KL);
      assertFront(page, "agreement-over-time", policies, TIME, DISAGREEMENT);
    }
  }

  private static List<NamedPolicy> some(Random random) {
    List<NamedPolicy> all = new ArrayList<>(SampleComparison.policies());
    NamedPolicy full = all.removeFirst();
    Collections.shuffle(all, random);
    List<NamedPolicy> some = new ArrayList<>(all.subList(0, random.nextInt(all.size())));
    some.addFirst(full);
    return some;
  }

  private static List<JsonNode> policies(ComparisonReport report) throws IOException {
    List<JsonNode> policies = new ArrayList<>();
    new ObjectMapper().readTree(report.toJson()).get("policies").forEach(policies::add);
    return policies;
  }

  private static void assertFront(
      Document page,
      String id,
      List<JsonNode> policies,
      ToDoubleFunction<JsonNode> cost,
      ToDoubleFunction<JsonNode> loss) {
    Element svg = page.selectFirst("svg:has(#" + id + "-title)");
    assertThat(svg.select("circle")).hasSameSizeAs(policies);
    String front =
        front(policies, cost, loss).stream()
            .map(policy -> policy.get("name").asText())
            .collect(Collectors.joining(", "));
    assertThat(svg.selectFirst("desc").text())
        .endsWith(". Not beaten by any other: " + front + ".");
  }

  private static List<JsonNode> front(
      List<JsonNode> policies, ToDoubleFunction<JsonNode> cost, ToDoubleFunction<JsonNode> loss) {
    return policies.stream()
        .filter(
            one ->
                policies.stream()
                    .noneMatch(
                        other ->
                            cost.applyAsDouble(other) <= cost.applyAsDouble(one)
                                && loss.applyAsDouble(other) <= loss.applyAsDouble(one)
                                && (cost.applyAsDouble(other) < cost.applyAsDouble(one)
                                    || loss.applyAsDouble(other) < loss.applyAsDouble(one))))
        .sorted(Comparator.comparingDouble(cost))
        .toList();
  }

  @Test
  void theRankingIsThatOfTheFigures() throws IOException {
    Random random = new Random(5);
    for (int run = 0; run < 30; run++) {
      ComparisonReport report =
          SampleComparison.of(some(random), 1 + random.nextInt(12), false, new Random(run));
      JsonNode json = new ObjectMapper().readTree(report.toJson());
      List<JsonNode> policies = policies(report);

      assertThat(json.get("best_at_time"))
          .extracting(step -> step.get("name").asText())
          .isEqualTo(front(policies, TIME, KL).stream().map(p -> p.get("name").asText()).toList());
      Set<String> seen = new HashSet<>();
      for (JsonNode group : json.get("best_at_memory")) {
        double best = Double.NaN;
        double before = 0;
        for (JsonNode ranked : group.get("policies")) {
          String name = ranked.get("name").asText();
          JsonNode policy = policy(policies, name);
          assertThat(seen.add(name)).isTrue();
          assertThat(KL.applyAsDouble(policy)).isGreaterThanOrEqualTo(before);
          before = KL.applyAsDouble(policy);
          assertThat(MEMORY.applyAsDouble(policy))
              .isLessThanOrEqualTo(group.get("most_kept").asDouble());
          if (Double.isNaN(best)) {
            best = before;
            assertThat(ranked.get("kl_over_best").isNull()).isTrue();
          } else {
            assertThat(ranked.at("/kl_over_best/mean").asDouble())
                .isCloseTo(before - best, within(1e-9));
          }
        }
      }
      assertThat(policies)
          .filteredOn(policy -> policy.get("name").asText().contains("budget="))
          .allMatch(policy -> seen.contains(policy.get("name").asText()));
      assertThat(seen).doesNotContain("full");
    }
  }

  private static JsonNode policy(List<JsonNode> policies, String name) {
    return policies.stream()
        .filter(policy -> policy.get("name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void sentencesNameTheBestAtEachBudgetAndTime() {
    List<String> sentences = PAGE.select("#best li").eachText();

    assertThat(sentences)
        .hasSize(REPORT.bestAtMemory().size() + REPORT.bestAtTime().size())
        .anyMatch(text -> text.startsWith("At a budget of 30.0 % of the KV, "))
        .anyMatch(text -> text.startsWith("With all of the full cache's time"));
    for (AtMemory group : REPORT.bestAtMemory()) {
      String sentence =
          sentences.stream()
              .filter(text -> text.startsWith("At a budget of " + Figures.percent(group.budget())))
              .findFirst()
              .orElseThrow();
      assertThat(sentence).contains(", " + group.policies().getFirst().name() + " is best: ");
      if (group.policies().size() > 1) {
        boolean clear = group.policies().get(1).klOverBest().low() > 0;
        assertThat(sentence)
            .contains("Next is " + group.policies().get(1).name())
            .endsWith(clear ? "which is a clear difference." : "which is no clear difference.");
      }
    }
    assertThat(ComparisonText.markdown(REPORT)).contains(sentences);
  }

  @Test
  void numbersAreThoseOfTheJson() throws IOException {
    List<JsonNode> policies = policies(REPORT);
    for (int i = 0; i < policies.size(); i++) {
      JsonNode policy = policies.get(i);
      assertThat(Pages.cells(PAGE, "Speed and memory", 1).get(i))
          .isEqualTo(Figures.percent(MEMORY.applyAsDouble(policy)));
      assertThat(Pages.cells(PAGE, "Against the full cache", 1).get(i))
          .isEqualTo(text("%.4f", policy.at("/divergence/kl"), 1));
      assertThat(Pages.cells(PAGE, "Against the references", 1).get(i))
          .isEqualTo(text("%.4f", policy.at("/reference/nll"), 1));
      assertThat(Pages.cells(PAGE, "Against the references", 6).get(i))
          .isEqualTo(text("%.1f", policy.at("/rouge/rougeL"), 100));
    }
  }

  private static String text(String format, JsonNode mean, double scale) {
    return Figures.format(
        format + " (" + format + " to " + format + ")",
        scale * mean.get("mean").asDouble(),
        scale * mean.get("low").asDouble(),
        scale * mean.get("high").asDouble());
  }

  @Test
  void aRowShowsItsTextsSideBySideAndWhatEachCacheKept() {
    Elements rows = PAGE.select("#rows > details");
    Element row = rows.getFirst();

    assertThat(rows).extracting(fold -> fold.hasAttr("open")).containsExactly(true, false);
    assertThat(row.selectFirst("summary").text()).isEqualTo("plain 2,034 prompt tokens");
    assertThat(row.select(".columns h3").eachText())
        .containsExactly("Reference", "Full cache", "snapkv:budget=0.3", "plain");
    assertThat(row.select(".columns .text").eachText())
        .containsExactly(
            "what was expected", "plain by full", "plain by snapkv:budget=0.3", "plain by plain");
    assertThat(row.select(".columns p").eachText())
        .containsExactly(
            "57 tokens, ended by eos",
            "KL 0.2500, agreement 75.0 %; 57 tokens, ended by eos",
            "KL 0.5000, agreement 50.0 %; 57 tokens, ended by eos");
    Elements kept = row.select("details details");
    assertThat(kept).noneMatch(fold -> fold.hasAttr("open"));
    assertThat(kept.select("summary > span").eachText())
        .containsExactly(
            "full", "100.0 % kept", "snapkv:budget=0.3", "30.0 % kept", "plain", "1.3 % kept");
    assertThat(kept.select("summary > svg")).hasSize(3);
    assertThat(kept.get(1).selectFirst(".prompt").wholeText())
        .startsWith("plain1,234 tokens are not shown.word ");
    Element piece = kept.get(1).selectFirst(".prompt span");
    assertThat(piece.attr("class") + ", " + piece.attr("title")).isEqualTo("k2, 9 of 30");
  }

  static List<String> hostile() {
    return Pages.HOSTILE;
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void hostileTextStaysText(String text) {
    Document page = Pages.whole(SampleComparison.page(text));

    assertThat(Pages.cells(page, "Speed and memory", 0)).last().isEqualTo(Pages.shown(text));
    assertThat(Pages.cells(page, "Error rows", 0)).containsExactly(Pages.shown(text));
    assertThat(page.selectFirst("h1").wholeText()).endsWith(Pages.shown(text));
    assertThat(page.selectFirst("#rows summary .id").wholeText()).isEqualTo(Pages.shown(text));
    assertThat(page.select("#rows .text").get(1).wholeText())
        .isEqualTo(Pages.shown(text) + " by full");
    assertThat(page.selectFirst("#rows .prompt span").wholeText()).isEqualTo(Pages.shown(text));
    assertThat(page.select("svg").select("script, img, [onload], [onerror]")).isEmpty();
    assertThat(page.select("*").stream().filter(tag -> !tag.tagName().equals("text")))
        .hasSameSizeAs(
            PAGE.select("*").stream().filter(tag -> !tag.tagName().equals("text")).toList());
    assertThat(page.html()).doesNotContain("\u0000", "\u0007", "\u001b");
  }

  @Test
  void aComparisonWithoutRowsHasAPageToo() {
    ComparisonReport report =
        SampleComparison.of(SampleComparison.policies(), 0, true, new Random(1));

    assertThat(Pages.whole(ComparisonText.html(report, List.of())).text())
        .contains("No row could be compared.", "No row has a reference.", "No row was drawn");
    assertThat(report.toJson()).contains("\"best_at_time\" : [ ]");
  }
}
