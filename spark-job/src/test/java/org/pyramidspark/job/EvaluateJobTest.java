package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pyramidspark.report.Pages;

/** {@code evaluate} as a user runs it. */
class EvaluateJobTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  private Path references;
  private Path run;
  private Path output;

  @BeforeEach
  void writeInputs() throws IOException {
    references = SmallRuns.references(folder.resolve("corpus"));
    run = SmallRuns.completions(folder.resolve("run/part-00000.jsonl"), 1).getParent();
    output = folder.resolve("out");
  }

  @Test
  void eachTaskIsScoredByWhatItsReferencesLookLike() throws IOException {
    CommandRun evaluate = evaluate("--references", references.toString());

    assertThat(evaluate.exitCode()).as(evaluate.err()).isZero();
    JsonNode report = CommandRun.report(output);
    assertThat(metrics(report, "summaries"))
        .containsExactly("rouge1", "rouge2", "rougeL", "rougeLsum", "f1");
    assertThat(metrics(report, "answers"))
        .containsExactly("rouge1", "rouge2", "rougeL", "rougeLsum", "f1", "exact");
    assertThat(metrics(report, "exam")).containsExactly("choice");
    assertThat(task(report, "exam").get("choice_rule").asText()).isEqualTo("multiple");
    assertThat(report.at("/overall/rouge1/rows").asInt()).isEqualTo(80);
    assertThat(report.at("/overall/choice/rows").asInt()).isEqualTo(40);
    assertThat(report.at("/rows/scored").asInt()).isEqualTo(120);
    assertThat(evaluate.out()).contains("summaries", "all rows", "rougeLsum", "120 scored");
    assertThat(output.resolve("report.md")).content().contains("| summaries | rouge1 | 40 |");
    Document page = Pages.whole(Files.readString(output.resolve("report.html")));
    assertThat(Pages.cells(page, "Rows by task", 0))
        .containsExactly("answers", "exam", "summaries");
    assertThat(page.select("#difference")).isEmpty();
  }

  @Test
  void meansAreThoseOfTheRows() throws IOException {
    evaluate("--references", references.toString());

    JsonNode report = CommandRun.report(output);
    List<JsonNode> rows = CommandRun.rows(output);
    assertThat(rows).hasSize(120).extracting(row -> row.get("id")).doesNotHaveDuplicates();
    for (JsonNode task : report.get("tasks")) {
      for (Map.Entry<String, JsonNode> metric : task.get("metrics").properties()) {
        double mean =
            rows.stream()
                .filter(row -> row.get("task").equals(task.get("name")))
                .mapToDouble(row -> row.at("/scores/" + metric.getKey()).asDouble())
                .average()
                .orElseThrow();
        JsonNode score = metric.getValue().get("score");
        assertThat(score.get("mean").asDouble()).isCloseTo(mean, within(1e-9));
        assertThat(score.get("low").asDouble()).isLessThanOrEqualTo(mean);
        assertThat(score.get("high").asDouble()).isGreaterThanOrEqualTo(mean);
      }
    }
  }

  @Test
  void resultsDoNotDependOnPartitions() throws IOException {
    Path other = SmallRuns.completions(folder.resolve("other.jsonl"), 2);
    Map<String, JsonNode> results = new TreeMap<>();
    for (String partitions : List.of("1", "2", "7")) {
      CommandRun evaluate =
          evaluate(
              "--references",
              references.toString(),
              "--against",
              other.toString(),
              "--partitions",
              partitions,
              "--overwrite");
      assertThat(evaluate.exitCode()).as(evaluate.err()).isZero();
      results.put(partitions, result());
    }
    assertThat(results.get("2")).isEqualTo(results.get("1"));
    assertThat(results.get("7")).isEqualTo(results.get("1"));
  }

  /** All but times and settings, with the rows in the order of their ids. */
  private JsonNode result() throws IOException {
    ObjectNode result = (ObjectNode) CommandRun.report(output);
    result.remove(List.of("started", "settings", "throughput"));
    result.set(
        "scored_rows",
        JSON.valueToTree(
            CommandRun.rows(output).stream()
                .collect(
                    Collectors.toMap(
                        row -> row.get("id").asText(), row -> row, (a, b) -> b, TreeMap::new))));
    return result;
  }

  @Test
  void aSeedChangesIntervalsAndNothingElse() throws IOException {
    evaluate("--references", references.toString());
    JsonNode first = CommandRun.report(output).at("/overall/rougeL/score");
    evaluate("--references", references.toString(), "--seed", "1", "--overwrite");
    JsonNode second = CommandRun.report(output).at("/overall/rougeL/score");

    assertThat(second.get("mean")).isEqualTo(first.get("mean"));
    assertThat(second.get("low")).isNotEqualTo(first.get("low"));
  }

  @Test
  void twoRunsAreComparedOnTheRowsThatBothHave() throws IOException {
    Path better = folder.resolve("better.jsonl");
    List<String> rows = new ArrayList<>();
    for (int line = 1; line <= 20; line++) {
      rows.add(SmallRuns.row("exam.jsonl#%d/0".formatted(line), line % 3 == 1 ? "BD" : "C"));
    }
    Files.write(better, rows);
    CommandRun evaluate =
        evaluate(
            List.of(better.toString()),
            "--references",
            references.toString(),
            "--against",
            run.toString());

    assertThat(evaluate.exitCode()).as(evaluate.err()).isEqualTo(3);
    JsonNode report = CommandRun.report(output);
    assertThat(report.at("/rows/not_scored/unpaired").asInt()).isEqualTo(100);
    JsonNode choice = report.at("/overall/choice");
    assertThat(choice.get("rows").asInt()).isEqualTo(20);
    assertThat(choice.at("/score/mean").asDouble()).isEqualTo(1);
    double difference = 1 - choice.at("/against/mean").asDouble();
    assertThat(choice.at("/difference/mean").asDouble()).isCloseTo(difference, within(1e-9));
    assertThat(choice.at("/difference/low").asDouble()).isPositive();
    assertThat(choice.at("/difference/p_value").asDouble()).isLessThan(0.01);
    assertThat(evaluate.out()).contains("Against", "p-value");
    Document page = Pages.whole(Files.readString(output.resolve("report.html")));
    assertThat(Pages.cells(page, "Differences", 3))
        .first()
        .isEqualTo("%+.2f".formatted(100 * difference));
  }

  @Test
  void aRunComparedWithItselfDoesNotDiffer() throws IOException {
    evaluate("--references", references.toString(), "--against", run.toString());

    for (JsonNode metric : CommandRun.report(output).get("overall")) {
      assertThat(metric.at("/difference/mean").asDouble()).isZero();
      assertThat(metric.at("/difference/p_value").asDouble()).isEqualTo(1);
    }
  }

  @Test
  void goldenMetricsComeOutAsWritten() throws IOException {
    List<String> rows = new ArrayList<>();
    JsonNode examples;
    try (InputStream in = EvaluateJobTest.class.getResourceAsStream("/golden/metrics.json")) {
      examples = JSON.readTree(in).get("examples");
    }
    for (JsonNode example : examples) {
      rows.add(
          SmallRuns.row(
              example.get("name").asText(),
              example.get("prediction").asText(),
              example.get("reference").asText().isBlank()
                  ? "-"
                  : example.get("reference").asText()));
    }
    Path golden = Files.write(folder.resolve("golden.jsonl"), rows);
    CommandRun evaluate = evaluate(List.of(golden.toString()), "--metrics", "rouge,f1");

    assertThat(evaluate.exitCode()).as(evaluate.err()).isZero();
    Map<String, JsonNode> scores =
        CommandRun.rows(output).stream()
            .collect(Collectors.toMap(row -> row.get("id").asText(), row -> row.get("scores")));
    assertThat(scores).hasSize(examples.size());
    for (JsonNode example : examples) {
      scores
          .get(example.get("name").asText())
          .properties()
          .forEach(
              score ->
                  assertThat(score.getValue().asDouble())
                      .as("%s of %s", score.getKey(), example.get("name"))
                      .isCloseTo(example.get(score.getKey()).asDouble(), within(1e-4)));
    }
    assertThat(CommandRun.report(output).at("/tasks/0/name").asText()).isEqualTo("golden");
  }

  @Test
  void whatGenerateWritesIsEvaluated() throws IOException {
    Path input = SmallCorpus.write(folder.resolve("in"));
    Path generated = folder.resolve("generated");
    CommandRun generate =
        CommandRun.generate(
            "--model", TestModel.write(folder).toString(),
            "--input", input.toString(),
            "--output", generated.toString(),
            "--master", "local[1]",
            "--max-new-tokens", "4");
    assertThat(generate.exitCode()).as(generate.err()).isEqualTo(3);

    CommandRun own = evaluate(List.of(generated.toString()));
    assertThat(own.exitCode()).as(own.err()).isEqualTo(3);
    JsonNode report = CommandRun.report(output);
    assertThat(report.at("/rows/scored").asInt()).isEqualTo(4);
    assertThat(report.at("/rows/not_scored/error").asInt()).isEqualTo(3);
    assertThat(report.at("/rows/not_scored/no-reference").asInt()).isEqualTo(3);
    assertThat(report.get("tasks").findValuesAsText("name"))
        .containsExactly("all", "documents", "plain");

    evaluate(List.of(generated.toString()), "--references", input.toString(), "--overwrite");
    assertThat(CommandRun.report(output).get("overall")).isEqualTo(report.get("overall"));

    evaluate(List.of(generated.toString()), "--error-rows", "empty", "--overwrite");
    JsonNode withErrors = CommandRun.report(output);
    assertThat(withErrors.at("/rows/scored").asInt()).isEqualTo(5);
    assertThat(withErrors.at("/rows/empty_texts").asInt()).isGreaterThanOrEqualTo(1);
  }

  private CommandRun evaluate(String... options) {
    return evaluate(List.of(run.toString()), options);
  }

  private CommandRun evaluate(List<String> completions, String... options) {
    List<String> arguments = new ArrayList<>(completions);
    arguments.addAll(List.of("--output", output.toString(), "--master", "local[2]"));
    arguments.addAll(List.of(options));
    return CommandRun.evaluate(arguments.toArray(String[]::new));
  }

  private static JsonNode task(JsonNode report, String name) {
    return report
        .get("tasks")
        .valueStream()
        .filter(task -> task.get("name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> metrics(JsonNode report, String task) {
    List<String> names = new ArrayList<>();
    task(report, task).get("metrics").fieldNames().forEachRemaining(names::add);
    return names;
  }
}
