package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows that do not fit into the memory for KV, together or at all; and rows that take too long. */
class MemoryLadderTest {
  private static final int ROWS = 14;
  private static final int LONG_PROMPT = 1500;
  private static final String SMALLER = "streaming-llm:budget_tokens=64";

  /** A page for each layer and KV head: 64 entries of 16 dimensions, keys and values, float32. */
  private static final long PAGES_BYTES = 4 * 64 * 16 * 2 * 4;

  /** Rows outgrow it together; the long one is larger than it. */
  private static final long BUDGET = 18 * PAGES_BYTES;

  @TempDir Path folder;

  @BeforeEach
  void writeInputs() throws IOException {
    TestModel.write(folder);
    Random random = new Random(7);
    List<String> rows =
        new ArrayList<>(
            IntStream.range(0, ROWS).mapToObj(i -> row("row" + i, random, 20 + 9 * i)).toList());
    rows.add(ROWS / 2, row("long", random, LONG_PROMPT));
    Files.write(folder.resolve("in.jsonl"), rows);
  }

  private static String row(String id, Random random, int tokens) {
    return "{\"id\": \"%s\", \"prompt_token_ids\": %s}"
        .formatted(id, Arrays.toString(random.ints(tokens, 5, 100).toArray()));
  }

  private CommandRun generate(String output, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--model",
                folder.resolve("model.gguf").toString(),
                "--input",
                folder.resolve("in.jsonl").toString(),
                "--output",
                folder.resolve(output).toString(),
                "--master",
                "local[1]",
                "--compute",
                "float32",
                "--ignore-eos",
                "--partitions",
                "1"));
    arguments.addAll(List.of(more));
    return CommandRun.generate(arguments.toArray(String[]::new));
  }

  private CommandRun generateInLittleMemory(String output, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("--policy", "full", "--max-new-tokens", "200", "--kv-budget", "" + BUDGET));
    arguments.addAll(List.of(more));
    return generate(output, arguments.toArray(String[]::new));
  }

  private Map<String, String> undisturbed() throws IOException {
    CommandRun run = generate("undisturbed", "--policy", "full", "--max-new-tokens", "200");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(rows("undisturbed")).allMatch(row -> row.get("retries").isNull());
    assertThat(report("undisturbed").at("/rows/retries")).isEmpty();
    return RunFiles.rows(folder.resolve("undisturbed"));
  }

  private List<JsonNode> rows(String output) throws IOException {
    return CommandRun.rows(folder.resolve(output));
  }

  private JsonNode row(String output, String id) throws IOException {
    return rows(output).stream()
        .filter(row -> row.get("id").asText().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private JsonNode report(String output) throws IOException {
    return CommandRun.report(folder.resolve(output));
  }

  private static Map<String, String> without(Map<String, String> rows, String id) {
    Map<String, String> others = new TreeMap<>(rows);
    others.remove(id);
    return others;
  }

  private static Predicate<JsonNode> says(String retries) {
    return row -> row.get("retries").asText().equals(retries);
  }

  @Test
  void aRowThatDoesNotFitIsAnErrorRowAndOthersAreAsUndisturbed() throws Exception {
    Map<String, String> undisturbed = undisturbed();

    CommandRun run = generateInLittleMemory("out");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(JobCommands.ERROR_ROWS);
    Map<String, String> rows = RunFiles.rows(folder.resolve("out"));
    assertThat(without(rows, "long")).isEqualTo(without(undisturbed, "long")).hasSize(ROWS);
    JsonNode error = row("out", "long");
    assertThat(error.get("finish_reason").asText()).isEqualTo("error");
    assertThat(error.get("text").asText()).isEmpty();
    assertThat(error.get("error").asText())
        .contains("in.jsonl", "line 8", "under policy full", "the KV budget is " + BUDGET)
        .contains("raise it, choose a policy that keeps less, or shorten the row");
    assertThat(error.get("retries").isNull()).isTrue();
    assertThat(report("out").at("/rows/error_kinds/engine").asInt()).isOne();
    long setBack = rows("out").stream().filter(says("set-back")).count();
    assertThat(setBack).isPositive();
    assertThat(report("out").at("/rows/retries/set-back").asLong()).isEqualTo(setBack);
    assertThat(Files.readString(folder.resolve("out/report.md")))
        .contains("Tried again: set-back %d.".formatted(setBack));
    assertThat(Files.readString(folder.resolve("out/report.html")))
        .contains("set-back %d".formatted(setBack));
  }

  @Test
  void aRowThatDoesNotFitFallsBackWhereThatIsAllowed() throws Exception {
    Map<String, String> undisturbed = undisturbed();
    CommandRun other =
        generate(
            "other",
            "--policy",
            "streaming-llm",
            "--set",
            "budget_tokens=64",
            "--max-new-tokens",
            "200");
    assertThat(other.exitCode()).as(other.err()).isZero();

    CommandRun run = generateInLittleMemory("out", "--fallback-policy", SMALLER);

    assertThat(run.exitCode()).as(run.err()).isZero();
    Map<String, String> rows = RunFiles.rows(folder.resolve("out"));
    assertThat(without(rows, "long")).isEqualTo(without(undisturbed, "long")).hasSize(ROWS);
    JsonNode fallen = row("out", "long");
    assertThat(fallen.get("text")).isNotEqualTo(row("undisturbed", "long").get("text"));
    assertThat(fallen.get("text")).isEqualTo(row("other", "long").get("text"));
    assertThat(fallen.get("policy").asText()).isEqualTo("streaming-llm");
    assertThat(fallen.get("retries").asText()).isEqualTo("compressed");
    assertThat(rows("out").stream().filter(row -> row.get("policy").asText().equals("full")))
        .hasSize(ROWS);
    assertThat(report("out").at("/rows/retries/compressed").asInt()).isOne();
    assertThat(report("out").at("/settings/fallback-policy").asText()).isEqualTo(SMALLER);
  }

  @Test
  void aFallbackThatIsThePolicyIsRefused() {
    CommandRun run = generateInLittleMemory("out", "--fallback-policy", "full");

    assertThat(run.exitCode()).isEqualTo(JobCommands.BAD_INPUT);
    assertThat(run.err()).contains("fallback policy is full, as rows begin with");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void aRowThatTakesTooLongIsAnErrorRowAndOthersAreCompleted() throws Exception {
    // A row of one token ends with its first step, before anybody looks at the time.
    Files.writeString(
        folder.resolve("in.jsonl"),
        """
        {"id": "first", "prompt_token_ids": [5, 6, 7], "max_new_tokens": 1}
        {"id": "slow", "prompt_token_ids": [8, 9, 10], "max_new_tokens": 2000}
        {"id": "last", "prompt_token_ids": [11, 12], "max_new_tokens": 1}
        """);

    CommandRun run = generate("out", "--row-timeout", "1ms");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(JobCommands.ERROR_ROWS);
    assertThat(row("out", "first").get("finish_reason").asText()).isEqualTo("length");
    assertThat(row("out", "last").get("finish_reason").asText()).isEqualTo("length");
    assertThat(row("out", "slow").get("finish_reason").asText()).isEqualTo("error");
    assertThat(row("out", "slow").get("error").asText())
        .contains("line 2", "ran for longer than its limit of PT0.001S", "of up to 2000 tokens");
  }
}
