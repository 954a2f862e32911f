package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerateJobTest {
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

  @Test
  void everyRowGivesExactlyOneRowOfTheOutput() throws IOException {
    CommandRun run = generate("local[2]");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
    assertThat(ids(rows -> !isError(rows)))
        .containsExactlyInAnyOrderElementsOf(SmallCorpus.GOOD_IDS);
    assertThat(ids(GenerateJobTest::isError))
        .containsExactlyInAnyOrderElementsOf(SmallCorpus.BAD_IDS);
    assertThat(output.resolve("_SUCCESS")).exists();
  }

  @Test
  void rowsCarryTheirCountsAndTheReportTheirSums() throws IOException {
    generate("local[2]");

    List<JsonNode> rows = CommandRun.rows(output);
    JsonNode report = CommandRun.report(output);
    assertThat(report.at("/rows/total").asLong()).isEqualTo(rows.size());
    assertThat(report.at("/rows/errors").asLong()).isEqualTo(SmallCorpus.BAD_IDS.size());
    assertThat(report.at("/throughput/prompt_tokens").asLong())
        .isEqualTo(sum(rows, "prompt_tokens"));
    assertThat(report.at("/throughput/generated_tokens").asLong())
        .isEqualTo(sum(rows, "generated_tokens"));
    assertThat(report.at("/kv/row_peak_bytes").asLong()).isEqualTo(sum(rows, "peak_kv_bytes"));
    assertThat(report.at("/rouge/scored_rows").asLong()).isEqualTo(4);
    assertThat(report.at("/rouge/rougeL").asDouble())
        .isCloseTo(mean(rows, "rougeL"), within(1e-12));
    assertThat(output.resolve("report.md")).content().contains("## Throughput", "full");
  }

  @Test
  void errorRowsNameFileAndLine() throws IOException {
    generate("local[1]");

    assertThat(CommandRun.rows(output).stream().filter(GenerateJobTest::isError))
        .extracting(row -> row.get("error").asText())
        .allMatch(error -> error.matches("File (documents|plain)\\.jsonl, line \\d: .+"));
  }

  @Test
  void tasksOfOneExecutorShareOneEngine() throws IOException {
    generate("local[2]", "--partitions", "4");

    JsonNode engines = CommandRun.report(output).get("engines");
    assertThat(engines).hasSize(1);
    assertThat(engines.at("/0/threads").asInt()).isEqualTo(2);
  }

  @Test
  void anEngineServesTheNextRunWithTheSameSettingsAndGivesWayToOthers() throws IOException {
    String first = engineOf("--max-sequences", "3");
    String same = engineOf("--max-sequences", "3", "--overwrite");
    String other = engineOf("--max-sequences", "4", "--overwrite");

    assertThat(same).isEqualTo(first);
    assertThat(other).isNotEqualTo(first);
  }

  private String engineOf(String... settings) throws IOException {
    generate("local[1]", settings);
    return CommandRun.report(output).at("/engines/0/name").asText();
  }

  @Test
  void rowsDoNotDependOnPartitions() throws IOException {
    generate("local[1]", "--partitions", "1", "--temperature", "1", "--seed", "7");
    Map<String, String> texts = texts();

    generate("local[2]", "--partitions", "5", "--temperature", "1", "--seed", "7", "--overwrite");

    assertThat(texts()).isEqualTo(texts);
  }

  @Test
  void aLimitTakesTheFirstRows() throws IOException {
    generate("local[2]", "--limit", "5");

    assertThat(ids(row -> true))
        .containsExactlyInAnyOrder(
            "documents.jsonl#1/0",
            "documents.jsonl#1/1",
            "documents.jsonl#2/0",
            "documents.jsonl#3/0",
            "plain.jsonl#1");
  }

  @Test
  void aRowsOwnLimitOfNewTokensHolds() throws IOException {
    generate("local[1]", "--ignore-eos", "--max-new-tokens", "3");

    assertThat(CommandRun.rows(output))
        .filteredOn(row -> !isError(row))
        .allSatisfy(
            row ->
                assertThat(row.get("generated_tokens").asInt())
                    .isEqualTo(row.get("id").asText().equals("plain.jsonl#5") ? 2 : 3));
  }

  @Test
  void aTaskThatFailsAndIsRetriedCountsOnce() throws IOException {
    CommandRun run = generateFromFlakyDisk("local[1,2]");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
    int numRows = SmallCorpus.GOOD_IDS.size() + SmallCorpus.BAD_IDS.size();
    assertThat(ids(row -> true)).hasSize(numRows).doesNotHaveDuplicates();
    JsonNode report = CommandRun.report(output);
    assertThat(report.at("/rows/total").asInt()).isEqualTo(numRows);
    assertThat(report.at("/rows/errors").asInt()).isEqualTo(SmallCorpus.BAD_IDS.size());
  }

  @Test
  void aRunThatFailsLeavesNothing() throws IOException {
    CommandRun run = generateFromFlakyDisk("local[1,1]");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("The disk is gone for a moment.").doesNotContain("\tat ");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactlyInAnyOrder(input, model);
    }
  }

  /** The only task fails once, after some of its rows have been handed out. */
  private CommandRun generateFromFlakyDisk(String master) {
    System.setProperty("spark.hadoop.fs.flaky.impl", FlakyFileSystem.class.getName());
    // Both files are opened twice to be scanned, then once by the task: the second one fails. With
    // one sequence at a time the first file's rows are handed out before the second is opened.
    FlakyFileSystem.OPENS_BEFORE_FAILURE.set(5);
    try {
      return CommandRun.generate(
          arguments(master, "flaky://" + input, "--partitions", "1", "--max-sequences", "1"));
    } finally {
      System.clearProperty("spark.hadoop.fs.flaky.impl");
      assertThat(FlakyFileSystem.OPENS_BEFORE_FAILURE.get()).isNegative();
    }
  }

  private CommandRun generate(String master, String... more) {
    return CommandRun.generate(arguments(master, input.toString(), more));
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
                "--policy",
                "full",
                "--max-new-tokens",
                "4"));
    List<String> given = List.of(more);
    if (given.contains("--max-new-tokens")) {
      arguments = new ArrayList<>(arguments.subList(0, arguments.size() - 2));
    }
    arguments.addAll(given);
    return arguments.toArray(String[]::new);
  }

  private static boolean isError(JsonNode row) {
    return row.get("finish_reason").asText().equals("error");
  }

  private List<String> ids(Predicate<JsonNode> filter) throws IOException {
    return CommandRun.rows(output).stream()
        .filter(filter)
        .map(row -> row.get("id").asText())
        .toList();
  }

  private Map<String, String> texts() throws IOException {
    return CommandRun.rows(output).stream()
        .collect(
            Collectors.toMap(
                row -> row.get("id").asText(),
                row -> row.get("text").asText() + row.get("seed").asText(),
                (first, second) -> first + "AND" + second,
                TreeMap::new));
  }

  private static long sum(List<JsonNode> rows, String field) {
    return rows.stream().mapToLong(row -> row.get(field).asLong()).sum();
  }

  private static double mean(List<JsonNode> rows, String field) {
    return rows.stream()
        .filter(row -> row.get(field).isNumber())
        .mapToDouble(row -> row.get(field).asDouble())
        .average()
        .orElseThrow();
  }
}
