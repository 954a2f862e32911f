package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A limit of what compression may cost, on real runs. */
class GuardJobTest {
  private static final int ROWS = 40;
  private static final List<String> WORDS =
      List.of("the", "mill", "quay", "burned", "river", "on", "Monday", "seven", "boats", "rain");

  /** Between what a tenth and what nine tenths of the cache cost with the weights of the test. */
  private static final String LIMIT = "0.0005";

  @TempDir Path folder;

  @BeforeEach
  void writeInputs() throws IOException {
    TestModel.write(folder);
    Path corpus = Files.createDirectory(folder.resolve("in"));
    Random random = new Random(5);
    for (int file = 0; file < 2; file++) {
      Files.write(
          corpus.resolve("part%d.jsonl".formatted(file)),
          IntStream.range(0, ROWS / 2)
              .mapToObj(row -> "{\"prompt\": \"%s\"}".formatted(text(random)))
              .toList());
    }
    System.setProperty("spark.hadoop.fs.flaky.impl", FlakyFileSystem.class.getName());
  }

  @AfterEach
  void forgetFlakyDisk() {
    System.clearProperty("spark.hadoop.fs.flaky.impl");
  }

  private static String text(Random random) {
    return IntStream.range(0, 40)
        .mapToObj(i -> WORDS.get(random.nextInt(WORDS.size())))
        .collect(Collectors.joining(" "));
  }

  private CommandRun generate(String master, String scheme, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--model",
                folder.resolve("model.gguf").toString(),
                "--input",
                scheme + folder.resolve("in"),
                "--output",
                folder.resolve("out").toString(),
                "--master",
                master,
                "--compute",
                "float32",
                "--ignore-eos",
                "--max-new-tokens",
                "6"));
    arguments.addAll(List.of(more));
    CommandRun run = CommandRun.generate(arguments.toArray(String[]::new));
    assertThat(run.exitCode()).as(run.err()).isZero();
    return run;
  }

  private List<JsonNode> rows() throws IOException {
    return CommandRun.rows(folder.resolve("out"));
  }

  private JsonNode guard() throws IOException {
    return CommandRun.report(folder.resolve("out")).get("guard");
  }

  private String page() throws IOException {
    return Jsoup.parse(folder.resolve("out/report.html").toFile()).select("#guard").text();
  }

  private String markdown() throws IOException {
    return Files.readString(folder.resolve("out/report.md"));
  }

  private long rowsOfLevel(int level) throws IOException {
    return rows().stream().filter(row -> row.get("guard_level").asInt() == level).count();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void absurdSettingsAreRelaxedWithinTheFirstTwentyRows(int tasks) throws IOException {
    CommandRun run =
        generate(
            "local[2]",
            "",
            "--partitions",
            Integer.toString(tasks),
            "--policy",
            "streaming-llm",
            "--set",
            "budget=0.1",
            "--guard",
            LIMIT);

    JsonNode guard = guard();
    JsonNode first = guard.at("/decisions/0");
    assertThat(first.get("after_rows").asInt()).isBetween(4, 20);
    assertThat(first.get("from_level").asInt()).isZero();
    assertThat(first.get("to_level").asInt()).isEqualTo(1);
    assertThat(first.at("/loss/rows").asInt()).isGreaterThanOrEqualTo(4);
    assertThat(first.at("/loss/low").asDouble()).isGreaterThan(Double.parseDouble(LIMIT));
    assertThat(first.get("row").asText()).startsWith("part");
    assertThat(first.get("engine"))
        .isEqualTo(CommandRun.report(folder.resolve("out")).at("/engines/0/name"));
    assertThat(rowsOfLevel(0)).isBetween(4L, 20L);
    assertThat(run.out()).contains("guard: Compression cost more than the limit of 5.0E-4 nats");
    assertThat(page()).contains("budget 0.1", "budget 0.1 to 0.55", "0 to 1");
    assertThat(markdown()).contains("## Guard", "| budget 0.1 to 0.55 |");
  }

  /** Levels are those of the report, whose policies are those of the rows. */
  @Test
  void rowsCarryTheirLevelsAndTheReportSpellsThemOut() throws IOException {
    generate("local[2]", "", "--policy", "snapkv", "--set", "budget=0.1", "--guard", LIMIT);

    JsonNode levels = guard().get("levels");
    assertThat(levels).hasSizeGreaterThan(1);
    assertThat(rows()).hasSize(ROWS);
    for (JsonNode level : levels) {
      assertThat(level.get("rows").asLong()).isEqualTo(rowsOfLevel(level.get("level").asInt()));
    }
    for (JsonNode row : rows()) {
      JsonNode level = levels.get(row.get("guard_level").asInt());
      assertThat(row.get("policy")).isEqualTo(level.get("policy"));
      double budget = level.at("/settings/budget").asDouble(1);
      assertThat(row.get("kept_kv_fraction").asDouble())
          .isBetween(budget - 0.03, Math.min(1, budget + 0.03));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"snapkv --set budget=0.97", "pyramid --set prefill_decay=1"})
  void mildSettingsAreLeftAlone(String policy) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("--policy"));
    arguments.addAll(List.of(policy.split(" ")));
    arguments.addAll(List.of("--guard", LIMIT, "--guard-share", "0.25", "--guard-tokens", "8"));
    CommandRun run = generate("local[2]", "", arguments.toArray(String[]::new));

    JsonNode guard = guard();
    assertThat(guard.get("decisions")).isEmpty();
    assertThat(guard.get("levels")).hasSize(1);
    assertThat(rowsOfLevel(0)).isEqualTo(ROWS);
    assertThat(guard.at("/levels/0/loss/rows").asInt()).isBetween(5, ROWS - 1);
    assertThat(guard.at("/levels/0/loss/mean").asDouble()).isLessThan(Double.parseDouble(LIMIT));
    assertThat(guard.get("trial_seconds").asDouble()).isPositive();
    assertThat(guard.get("trial_share").asDouble()).isBetween(0.0, 1.0);
    for (String text : List.of(run.out(), page(), markdown())) {
      assertThat(text).contains("The settings were left alone: the loss is 0.000");
    }
  }

  @Test
  void theReportShowsTriedRowsBesideTheFullCache() throws IOException {
    // Settings that lose nothing: both caches go on alike.
    generate(
        "local[2]",
        "",
        "--policy",
        "snapkv",
        "--set",
        "budget=1",
        "--guard",
        LIMIT,
        "--guard-tokens",
        "2",
        "--report-rows",
        "3");

    JsonNode sampled = CommandRun.report(folder.resolve("out")).get("sampled_rows");
    assertThat(sampled).hasSize(3);
    for (JsonNode row : sampled) {
      assertThat(row.findValuesAsText("name")).containsExactly("completion", "full cache");
      String full = row.at("/texts/1/text").asText();
      assertThat(full).endsWith("…");
      // Two tokens may end within a character.
      assertThat(row.at("/texts/0/text").asText()).startsWith(full.replaceFirst("\\uFFFD*…$", ""));
    }
    assertThat(Jsoup.parse(folder.resolve("out/report.html").toFile()).select("h3").eachText())
        .contains("Completion", "Full cache");
  }

  /** The rows themselves fit; the full cache beside them does not. */
  @Test
  void aGuardWhoseTrialsFailLosesNoRow() throws IOException {
    CommandRun run =
        generate(
            "local[2]",
            "",
            "--policy",
            "streaming-llm",
            "--set",
            "budget=0.1",
            "--kv-budget",
            "100KiB",
            "--guard",
            LIMIT);

    assertThat(rows()).hasSize(ROWS);
    assertThat(rowsOfLevel(0)).isEqualTo(ROWS);
    assertThat(guard().at("/levels/0/loss/rows").asInt()).isZero();
    assertThat(guard().at("/levels/0/failed_trials").asInt()).isGreaterThanOrEqualTo(20);
    assertThat(guard().at("/levels/0/loss/mean").isNull()).isTrue();
    assertThat(run.out()).contains("no row was tried", "trials failed");
  }

  @Test
  void aTaskThatIsRetriedCountsItsRowsAndDecisionsOnce() throws IOException {
    // Each file is opened twice to be scanned, then once by the task: the second one fails.
    FlakyFileSystem.OPENS_BEFORE_FAILURE.set(5);
    generate(
        "local[1,2]",
        "flaky://",
        "--partitions",
        "1",
        "--max-sequences",
        "4",
        "--policy",
        "streaming-llm",
        "--set",
        "budget=0.1",
        "--guard",
        LIMIT);

    assertThat(FlakyFileSystem.OPENS_BEFORE_FAILURE.get()).isNegative();
    JsonNode guard = guard();
    assertThat(guard.get("decisions")).hasSize(guard.get("levels").size() - 1);
    long rows = 0;
    for (JsonNode level : guard.get("levels")) {
      rows += level.get("rows").asLong();
      assertThat(level.get("rows").asLong()).isEqualTo(rowsOfLevel(level.get("level").asInt()));
    }
    assertThat(rows).isEqualTo(ROWS);
  }

  @Test
  void withoutAGuardTheReportHasNone() throws IOException {
    CommandRun run = generate("local[2]", "", "--policy", "snapkv");

    assertThat(guard().isNull()).isTrue();
    assertThat(page()).isEmpty();
    assertThat(markdown()).doesNotContain("## Guard");
    assertThat(run.out()).doesNotContain("guard");
  }

  @Test
  void theFullCacheIsNotWatched() throws IOException {
    CommandRun run = generate("local[2]", "", "--policy", "full", "--guard", LIMIT);

    assertThat(guard().at("/levels/0/loss/rows").asInt()).isZero();
    assertThat(run.out()).contains("since it is what rows were completed with");
  }
}
