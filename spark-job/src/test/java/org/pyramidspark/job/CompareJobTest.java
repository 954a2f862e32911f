package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pyramidspark.report.Pages;

class CompareJobTest {
  private static final String LOSSLESS = "h2o:budget_tokens=2000";
  private static final String LOSSY = "snapkv:budget=0.3,window=2";
  private static final List<String> POLICIES =
      List.of("full", LOSSLESS, LOSSY, "pyramid-plus:budget=0.5,window=2");

  @TempDir Path folder;
  private Path input;
  private Path model;
  private Path output;

  @BeforeEach
  void writeInputs() throws IOException {
    input = SmallCorpus.write(folder.resolve("in"));
    model = TestModel.write(folder);
    output = folder.resolve("out");
  }

  private CommandRun compare(String master, String... more) {
    return CommandRun.compare(arguments(master, input.toString(), more));
  }

  private String[] arguments(String master, String from, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--model",
                model.toString(),
                "--input",
                from,
                "--output",
                output.toString(),
                "--master",
                master,
                "--max-new-tokens",
                "6"));
    if (!List.of(more).contains("--policy") && !List.of(more).contains("--budgets")) {
      POLICIES.forEach(policy -> arguments.addAll(List.of("--policy", policy)));
    }
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  private List<JsonNode> lines() throws IOException {
    return CommandRun.rows(output);
  }

  private List<JsonNode> lines(String policy) throws IOException {
    return lines().stream().filter(line -> line.get("policy").asText().equals(policy)).toList();
  }

  private JsonNode policy(String name) throws IOException {
    return StreamSupport.stream(CommandRun.report(output).get("policies").spliterator(), false)
        .filter(policy -> policy.get("name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> ids(List<JsonNode> lines) {
    return lines.stream().map(line -> line.get("id").asText()).toList();
  }

  @Test
  void everyRowHasALineForEachPolicyOrOneThatSaysWhyNot() throws IOException {
    CommandRun run = compare("local[2]");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
    for (String policy : POLICIES) {
      assertThat(ids(lines(policy))).containsExactlyInAnyOrderElementsOf(SmallCorpus.GOOD_IDS);
    }
    List<JsonNode> errors = lines().stream().filter(line -> line.get("policy").isNull()).toList();
    assertThat(ids(errors)).containsExactlyInAnyOrderElementsOf(SmallCorpus.BAD_IDS);
    assertThat(errors)
        .extracting(line -> line.get("error").asText())
        .allMatch(error -> error.matches("File (documents|plain)\\.jsonl, line \\d: .+"));
    assertThat(lines())
        .allMatch(line -> line.size() == 14)
        .hasSize(SmallCorpus.GOOD_IDS.size() * POLICIES.size() + SmallCorpus.BAD_IDS.size());
    JsonNode rows = CommandRun.report(output).get("rows");
    assertThat(rows.get("total").asInt()).isEqualTo(10);
    assertThat(rows.get("compared").asInt()).isEqualTo(7);
    assertThat(rows.get("errors").asInt()).isEqualTo(3);
    assertThat(CommandRun.report(output).get("error_rows"))
        .extracting(row -> row.get("id").asText())
        .containsExactlyElementsOf(SmallCorpus.BAD_IDS);
    assertThat(run.out()).contains(POLICIES).contains("10 rows: 7 compared");
  }

  @Test
  void aPolicyThatKeepsAllIsTheFullCacheAndOthersAreNot() throws IOException {
    compare("local[1]", "--kv-type", "float32", "--compute", "float32");

    for (String id : SmallCorpus.GOOD_IDS) {
      JsonNode full = line("full", id);
      JsonNode kept = line(LOSSLESS, id);
      assertThat(kept.get("text")).isEqualTo(full.get("text"));
      assertThat(kept.at("/divergence/mean_kl").asDouble()).isLessThan(1e-9);
      assertThat(kept.at("/divergence/agreement").asDouble()).isEqualTo(1);
      assertThat(kept.at("/kv")).isEqualTo(full.get("kv"));
      assertThat(full.at("/kv/kept_fraction").asDouble()).isEqualTo(1);
      assertThat(full.at("/divergence/worst_kl").asDouble()).isZero();
      assertThat(full.at("/divergence/tokens")).isEqualTo(full.get("generated_tokens"));
      assertThat(full.get("rouge_to_full").isNull()).isTrue();
    }
    assertThat(policy(LOSSY).at("/kv/kept_fraction").asDouble()).isBetween(0.1, 0.5);
    assertThat(policy(LOSSY).at("/divergence/kl/mean").asDouble()).isPositive();
    assertThat(policy("full").at("/throughput/to_full").asDouble()).isEqualTo(1);
  }

  private JsonNode line(String policy, String id) throws IOException {
    return lines(policy).stream()
        .filter(line -> line.get("id").asText().equals(id))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theCompletionsAreThoseOfGenerate() throws IOException {
    compare("local[1]");
    Map<String, String> full = texts(lines("full"));
    Map<String, String> lossy = texts(lines(LOSSY));

    assertThat(generated("--policy", "full")).isEqualTo(full);
    assertThat(generated("--policy", "snapkv", "--set", "budget=0.3", "--set", "window=2"))
        .isEqualTo(lossy);
  }

  private Map<String, String> generated(String... policy) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--model",
                model.toString(),
                "--input",
                input.toString(),
                "--output",
                output.toString(),
                "--overwrite",
                "--master",
                "local[1]",
                "--max-new-tokens",
                "6"));
    arguments.addAll(List.of(policy));
    CommandRun run = CommandRun.generate(arguments.toArray(String[]::new));
    assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
    return texts(lines().stream().filter(line -> line.get("error").isNull()).toList());
  }

  private static Map<String, String> texts(List<JsonNode> lines) {
    return lines.stream()
        .collect(
            Collectors.toMap(
                line -> line.get("id").asText(),
                line -> line.get("text").asText(),
                (first, second) -> first + " AND " + second,
                TreeMap::new));
  }

  @Test
  void theReportSumsTheLinesUp() throws IOException {
    compare("local[2]");

    for (String name : POLICIES) {
      List<JsonNode> lines = lines(name);
      JsonNode policy = policy(name);
      double tokens = sum(lines, "/prompt_tokens");
      assertThat(policy.at("/kv/kept_fraction").asDouble())
          .isCloseTo(weighted(lines, "/kv/kept_fraction") / tokens, within(1e-12));
      assertThat(policy.at("/kv/computed_fraction").asDouble())
          .isCloseTo(weighted(lines, "/kv/computed_fraction") / tokens, within(1e-12));
      assertThat(policy.at("/kv/bytes").asDouble()).isEqualTo(sum(lines, "/kv/bytes"));
      assertMean(policy.at("/divergence/kl"), lines, "/divergence/mean_kl");
      assertMean(policy.at("/divergence/agreement"), lines, "/divergence/agreement");
      assertThat(policy.at("/throughput/prompt_tokens").asDouble()).isEqualTo(tokens);
      assertThat(policy.at("/throughput/generated_tokens").asDouble())
          .isEqualTo(sum(lines, "/generated_tokens"));
      List<JsonNode> scored = lines.stream().filter(line -> line.has("reference")).toList();
      assertThat(policy.at("/reference/rows").asInt()).isEqualTo(4);
      double nll =
          scored.stream()
                  .mapToDouble(
                      line ->
                          line.at("/reference/nll").asDouble()
                              * line.at("/reference/tokens").asDouble())
                  .sum()
              / sum(scored, "/reference/tokens");
      assertThat(policy.at("/reference/nll/mean").asDouble()).isCloseTo(nll, within(1e-9));
      assertThat(policy.at("/reference/perplexity/mean").asDouble())
          .isCloseTo(Math.exp(nll), within(1e-6));
      assertThat(policy.at("/rouge/rows").asInt()).isEqualTo(4);
      assertThat(policy.at("/reference/nll_over_full").isNull()).isEqualTo(name.equals("full"));
      assertThat(policy.at("/rouge/rougeL_over_full").isNull()).isEqualTo(name.equals("full"));
      assertThat(lines)
          .allSatisfy(line -> assertThat(line.get("settings")).isEqualTo(policy.get("settings")));
    }
    assertThat(lines("full"))
        .filteredOn(line -> !line.get("reference").isNull())
        .hasSize(4)
        .allMatch(
            line ->
                line.at("/reference/nll").asDouble() == line.at("/reference/full_nll").asDouble());
  }

  private static void assertMean(JsonNode figure, List<JsonNode> lines, String field) {
    assertThat(figure.get("mean").asDouble())
        .isCloseTo(sum(lines, field) / lines.size(), within(1e-9));
    assertThat(figure.get("low").asDouble()).isLessThanOrEqualTo(figure.get("mean").asDouble());
    assertThat(figure.get("high").asDouble()).isGreaterThanOrEqualTo(figure.get("mean").asDouble());
  }

  private static double sum(List<JsonNode> lines, String field) {
    return lines.stream().mapToDouble(line -> line.at(field).asDouble()).sum();
  }

  private static double weighted(List<JsonNode> lines, String field) {
    return lines.stream()
        .mapToDouble(line -> line.at(field).asDouble() * line.get("prompt_tokens").asDouble())
        .sum();
  }

  @Test
  void nothingButTimesDependsOnPartitions() throws IOException {
    compare("local[2]", "--partitions", "1");
    List<String> lines = sorted(lines());
    JsonNode report = CommandRun.report(output);

    for (String partitions : List.of("2", "5")) {
      compare("local[2]", "--partitions", partitions, "--overwrite");

      assertThat(sorted(lines())).isEqualTo(lines);
      assertSame(CommandRun.report(output).get("policies"), report.get("policies"));
      assertSame(CommandRun.report(output).get("best_at_memory"), report.get("best_at_memory"));
      assertThat(CommandRun.report(output).get("rows")).isEqualTo(report.get("rows"));
      assertThat(CommandRun.report(output).get("error_rows")).isEqualTo(report.get("error_rows"));
    }
  }

  private static List<String> sorted(List<JsonNode> lines) {
    return lines.stream().map(JsonNode::toString).sorted().toList();
  }

  /** The same but for seconds, and for the order in which numbers are added. */
  private static void assertSame(JsonNode figures, JsonNode others) {
    if (figures.isObject()) {
      assertThat(figures.fieldNames()).toIterable().isEqualTo(names(others));
      figures
          .fieldNames()
          .forEachRemaining(
              name -> {
                if (!List.of("throughput").contains(name)) {
                  assertSame(figures.get(name), others.get(name));
                }
              });
    } else if (figures.isArray()) {
      assertThat(figures).hasSize(others.size());
      for (int i = 0; i < figures.size(); i++) {
        assertSame(figures.get(i), others.get(i));
      }
    } else if (figures.isFloatingPointNumber()) {
      assertThat(figures.asDouble()).isCloseTo(others.asDouble(), within(1e-9));
    } else {
      assertThat(figures).isEqualTo(others);
    }
  }

  private static List<String> names(JsonNode node) {
    List<String> names = new ArrayList<>();
    ((ObjectNode) node).fieldNames().forEachRemaining(names::add);
    return names;
  }

  @Test
  void splitsTakeTurnsOnAnEngine() throws IOException {
    compare("local[2]", "--partitions", "5");

    JsonNode report = CommandRun.report(output);
    double busy = 0;
    for (JsonNode policy : report.get("policies")) {
      JsonNode time = policy.get("throughput");
      busy += time.get("seconds").asDouble();
      assertThat(time.get("prefill_seconds").asDouble() + time.get("decode_seconds").asDouble())
          .isPositive()
          .isLessThanOrEqualTo(time.get("seconds").asDouble());
    }
    assertThat(report.get("engines")).hasSize(1);
    assertThat(busy).isLessThan(report.get("seconds").asDouble());
  }

  @Test
  void budgetsMultiplyThePoliciesThatHaveOne() throws IOException {
    compare(
        "local[1]",
        "--policy",
        "tova",
        "--policy",
        "snapkv:window=2",
        "--policy",
        "llama2-7b:min_context=0",
        "--policy",
        "llama2-7b:prefill_decay=0.9",
        "--policy",
        "h2o:budget_tokens=9",
        "--budgets",
        "0.3,0.5");

    assertThat(CommandRun.report(output).get("policies"))
        .extracting(policy -> policy.get("name").asText())
        .containsExactly(
            "full",
            "tova:budget=0.3",
            "tova:budget=0.5",
            "snapkv:window=2,budget=0.3",
            "snapkv:window=2,budget=0.5",
            "llama2-7b:min_context=0,budget=0.3",
            "llama2-7b:min_context=0,budget=0.5",
            "llama2-7b:prefill_decay=0.9",
            "h2o:budget_tokens=9");
    assertThat(policy("tova:budget=0.3").at("/kv/kept_fraction").asDouble())
        .isLessThan(policy("tova:budget=0.5").at("/kv/kept_fraction").asDouble());
  }

  @Test
  void allPoliciesAreComparedWhereNoneIsNamed() throws IOException {
    compare("local[1]", "--budgets", "0.6", "--limit", "1");

    assertThat(CommandRun.report(output).get("policies")).hasSize(9);
  }

  @Test
  void referencesAreFollowedAsFarAsAsked() throws IOException {
    compare("local[1]", "--reference-tokens", "3");
    assertThat(lines("full"))
        .filteredOn(line -> !line.get("reference").isNull())
        .hasSize(4)
        .allMatch(line -> line.at("/reference/tokens").asInt() == 3);

    compare("local[1]", "--reference-tokens", "0", "--overwrite");
    assertThat(lines()).allMatch(line -> line.get("reference").isNull());
    assertThat(policy("full").get("reference").isNull()).isTrue();
    assertThat(policy("full").at("/rouge/rows").asInt()).isEqualTo(4);
  }

  @Test
  void rowsThatDoNotFitTheBudgetAreErrorsThatNameThePolicy() throws IOException {
    // The longest prompts take two pages of 64 tokens in 2 layers and 2 heads, of 8 KiB each.
    CommandRun run =
        compare("local[1]", "--kv-budget", "60k", "--kv-type", "float32", "--compute", "float32");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
    List<JsonNode> errors =
        lines().stream().filter(line -> line.get("error").asText().contains("KV budget")).toList();
    assertThat(errors).isNotEmpty();
    assertThat(lines().stream().map(line -> line.get("id").asText()).distinct()).hasSize(10);
    JsonNode rows = CommandRun.report(output).get("rows");
    assertThat(rows.at("/error_kinds/engine").asInt()).isEqualTo(errors.size());
    assertThat(rows.get("compared").asInt()).isEqualTo(7 - errors.size());
  }

  @Test
  void aCorpusWithoutGoodRowsIsReportedToo() throws IOException {
    Files.writeString(folder.resolve("bad.jsonl"), "{\"prompt\": \"\"}\nnothing\n");
    CommandRun run =
        CommandRun.compare(arguments("local[2]", folder.resolve("bad.jsonl").toString()));

    assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
    assertThat(lines()).hasSize(2);
    assertThat(policy("full").get("divergence").isNull()).isTrue();
    assertThat(output.resolve("report.md")).content().contains("2 rows: 0 compared");
    assertThat(Pages.whole(Files.readString(output.resolve("report.html"))).text())
        .contains("No row could be compared.");
  }

  @Test
  void aTaskThatFailsAndIsRetriedCountsOnce() throws IOException {
    System.setProperty("spark.hadoop.fs.flaky.impl", FlakyFileSystem.class.getName());
    // Both files are opened twice to be scanned, then once by the task: the second one fails.
    FlakyFileSystem.OPENS_BEFORE_FAILURE.set(5);
    try {
      CommandRun run =
          CommandRun.compare(arguments("local[1,2]", "flaky://" + input, "--partitions", "1"));
      assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
    } finally {
      System.clearProperty("spark.hadoop.fs.flaky.impl");
    }
    assertThat(FlakyFileSystem.OPENS_BEFORE_FAILURE.get()).isNegative();
    assertThat(CommandRun.report(output).at("/rows/total").asInt()).isEqualTo(10);
    assertThat(policy("full").at("/throughput/prompt_tokens").asDouble())
        .isEqualTo(sum(lines("full"), "/prompt_tokens"));
  }

  @Test
  void theReportIsOneTableForPeople() throws IOException {
    compare("local[1]");

    String page = Files.readString(output.resolve("report.md"));
    assertThat(page).contains("## Rows", "## Settings", "## Engines", "## Versions");
    assertThat(
            page.lines()
                .filter(line -> POLICIES.stream().anyMatch(p -> line.startsWith("| " + p + " "))))
        .hasSize(POLICIES.size());
    try (Stream<Path> files = Files.list(output)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .contains("report.json", "report.md", "report.html", "_SUCCESS");
    }
    Document html = Pages.whole(Files.readString(output.resolve("report.html")));
    assertThat(Pages.cells(html, "Against the full cache", 0)).isEqualTo(POLICIES);
    assertThat(Pages.cells(html, "Error rows", 0)).isEqualTo(SmallCorpus.BAD_IDS);
    assertThat(html.select("svg.chart")).hasSize(4);
  }
}
