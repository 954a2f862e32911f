package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Inputs that do not serve are refused in one sentence; rows that do not are counted, not lost. */
class EvaluateErrorsTest {
  @TempDir Path folder;
  private Path output;

  @BeforeEach
  void writeInputs() throws IOException {
    output = folder.resolve("out");
    write("good.jsonl", SmallRuns.row("a", "one", "one two"), SmallRuns.row("b", "two", "two"));
    write("bare.jsonl", SmallRuns.row("a", "one"), SmallRuns.row("b", "two"));
    write("foreign.jsonl", "{\"id\": \"z\", \"reference\": \"one\"}");
    write("blank.jsonl", "", "  ");
    Files.createDirectory(folder.resolve("taken"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "good.jsonl | --metrics bleu | There is no metric 'bleu'",
        "good.jsonl | --metrics rouge,,f1 | There is no metric ''",
        "good.jsonl | --choice several | give single or multiple",
        "good.jsonl | --rouge-words greek | give ascii or unicode",
        "good.jsonl | --error-rows drop | give skip or empty",
        "good.jsonl | --resamples 10 | give 100 to 100000",
        "good.jsonl | --partitions 0 | --partitions is 0",
        "good.jsonl | --task-field sorce | Option --task-field is sorce",
        "good.jsonl | --against {}/missing.jsonl | missing.jsonl does not exist",
        "good.jsonl | --references {}/missing.jsonl | missing.jsonl does not exist",
        "good.jsonl | --references {}/blank.jsonl | blank.jsonl holds no rows",
        "good.jsonl | --references {}/foreign.jsonl | No row can be scored",
        "good.jsonl | --output {}/taken | exists",
        "bare.jsonl | --seed 1 | No row can be scored ({no-reference=2})",
        "foreign.jsonl | --seed 1 | field text is missing",
        "blank.jsonl | --seed 1 | holds no rows",
        "missing.jsonl | --seed 1 | does not exist",
      })
  void whatDoesNotServeIsNamedAndNothingIsWritten(
      String completions, String option, String complaint) throws IOException {
    List<Path> before = files();

    CommandRun run = evaluate(completions, option.replace("{}", folder.toString()).split(" "));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err().lines().findFirst().orElseThrow()).contains(complaint);
    assertThat(run.err()).doesNotContain("\tat ");
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void everyRowThatCannotBeScoredIsInTheOutputWithTheReason() throws IOException {
    write(
        "run.jsonl",
        SmallRuns.row("good", "one two"),
        "{\"id\": \"number\", \"text\": 5}",
        "not json",
        "[1]",
        SmallRuns.row("good", "again"),
        SmallRuns.row("empty", "  "),
        SmallRuns.row("unknown", "one"),
        SmallRuns.row("blank", "one"),
        "{\"id\": \"failed\", \"text\": \"\", \"finish_reason\": \"error\", \"error\": \"Too long.\"}",
        "{\"id\": \"null\", \"text\": null}",
        "{\"id\": 7, \"text\": \"one\"}");
    write(
        "references.jsonl",
        "{\"id\": \"good\", \"reference\": \"one two\"}",
        "{\"id\": \"empty\", \"reference\": \"one\", \"prompt\": \"\"}",
        "{\"id\": \"blank\", \"reference\": \" \"}",
        "{\"id\": \"failed\", \"reference\": \"one\"}",
        "{\"id\": \"lonely\", \"reference\": \"one\"}",
        "{\"id\": \"good\", \"reference\": \"other\"}",
        "{\"id\": \"wrong\", \"reference\": 5}",
        "{\"id\": 7, \"reference\": \"one\"}");

    CommandRun run =
        evaluate("run.jsonl", "--references", folder.resolve("references.jsonl").toString());

    assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
    Map<String, String> statuses =
        CommandRun.rows(output).stream()
            .collect(
                Collectors.toMap(
                    row -> row.get("id").asText(),
                    row -> row.get("status").asText(),
                    (first, second) -> first + " " + second,
                    TreeMap::new));
    assertThat(statuses)
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry("good", "duplicate duplicate scored"),
                Map.entry("number", "unreadable"),
                Map.entry("run.jsonl#3", "unreadable"),
                Map.entry("run.jsonl#4", "unreadable"),
                Map.entry("null", "unreadable"),
                Map.entry("wrong", "unreadable"),
                Map.entry("empty", "scored"),
                Map.entry("unknown", "no-reference"),
                Map.entry("blank", "no-reference"),
                Map.entry("failed", "error"),
                Map.entry("lonely", "no-completion"),
                Map.entry("7", "scored")));
    assertThat(CommandRun.rows(output))
        .filteredOn(row -> !row.get("status").asText().equals("scored"))
        .allSatisfy(row -> assertThat(row.get("problem").asText()).endsWith("."))
        .allSatisfy(row -> assertThat(row.get("scores").isNull()).isTrue());
    JsonNode rows = CommandRun.report(output).get("rows");
    assertThat(rows.get("total").asInt()).isEqualTo(14);
    assertThat(rows.get("scored").asInt()).isEqualTo(3);
    assertThat(rows.get("empty_texts").asInt()).isEqualTo(1);
    assertThat(rows.at("/not_scored/duplicate").asInt()).isEqualTo(2);
  }

  @Test
  void ofRowsWithTheSameIdTheFirstCounts() throws IOException {
    write(
        "run.jsonl",
        SmallRuns.row("a", "one", "one"),
        SmallRuns.row("a", "two", "one"),
        SmallRuns.row("a", "three", "one"));

    evaluate("run.jsonl", "--metrics", "exact", "--partitions", "3");

    assertThat(CommandRun.report(output).at("/overall/exact/score/mean").asDouble()).isEqualTo(1);
    assertThat(CommandRun.rows(output).stream().map(row -> row.get("problem").asText("")))
        .filteredOn(problem -> problem.contains("id a is that of file run.jsonl, line 1"))
        .hasSize(2);
  }

  @Test
  void runsWithDifferentReferencesAreNotCompared() throws IOException {
    write("other.jsonl", SmallRuns.row("a", "one", "three"), SmallRuns.row("b", "one", "two"));

    CommandRun run = evaluate("good.jsonl", "--against", folder.resolve("other.jsonl").toString());

    assertThat(run.exitCode()).isEqualTo(3);
    JsonNode rows = CommandRun.report(output).get("rows");
    assertThat(rows.at("/not_scored/references-differ").asInt()).isEqualTo(1);
    assertThat(rows.get("scored").asInt()).isEqualTo(1);
  }

  @Test
  void tasksComeFromTheFieldThatNamesThem() throws IOException {
    write(
        "corpus.jsonl",
        "{\"id\": \"a\", \"reference\": \"one\", \"source\": \"x\"}",
        "{\"id\": \"b\", \"reference\": \"two\", \"source\": 5}");

    CommandRun run =
        evaluate(
            "bare.jsonl",
            "--references",
            folder.resolve("corpus.jsonl").toString(),
            "--task-field",
            "source");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(CommandRun.report(output).get("tasks").findValuesAsText("name"))
        .containsExactly("5", "x");
  }

  @Test
  void moreTasksThanMemoryHoldsAreRefused() throws IOException {
    write(
        "many.jsonl",
        IntStream.range(0, 12)
            .mapToObj(
                i ->
                    "{\"id\":\"%d\",\"text\":\"a\",\"reference\":\"a\",\"task\":\"t%d\"}"
                        .formatted(i, i % 6))
            .toArray(String[]::new));

    CommandRun run = evaluate("many.jsonl", "--resamples", "100000");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("more than 5 tasks", "--task-field", "--resamples");
    assertThat(evaluate("many.jsonl", "--resamples", "50000").exitCode()).isZero();
  }

  private void write(String name, String... lines) throws IOException {
    Files.write(folder.resolve(name), List.of(lines));
  }

  private CommandRun evaluate(String completions, String... options) {
    List<String> arguments = new ArrayList<>();
    arguments.add(folder.resolve(completions).toString());
    if (!List.of(options).contains("--output")) {
      arguments.addAll(List.of("--output", output.toString()));
    }
    arguments.addAll(List.of("--master", "local[1]"));
    arguments.addAll(List.of(options));
    return CommandRun.evaluate(arguments.toArray(String[]::new));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.sorted().toList();
    }
  }
}
