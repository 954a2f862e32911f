package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pyramidspark.cache.FullPolicy;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.config.SamplingOptions;
import org.pyramidspark.executor.EngineSettings;
import org.pyramidspark.executor.RowSettings;
import org.pyramidspark.guard.GuardSettings;
import org.pyramidspark.prompts.CorpusFormat;
import org.pyramidspark.report.RunReport;
import org.pyramidspark.tokens.Truncation;

/** What people see while a job runs. */
class ProgressTest {
  private static final int ROWS = 12;
  private static final int NEW_TOKENS = 1200;
  private static final String HEARTBEAT = "spark.executor.heartbeatInterval";
  private static final String FLAKY = "spark.hadoop.fs.flaky.impl";
  private static final Pattern LINE =
      Pattern.compile(
          "\\[#*\\.*] (\\d+) %, (\\S+) of 12 rows, \\S+ tokens/s, .+,"
              + " (\\S+) prompt \\+ (\\S+) new tokens");

  @TempDir Path folder;

  /** One state of the line. */
  private record Shown(long rows, long promptTokens, long newTokens, int percent) {
    static Shown of(String line) {
      Matcher matcher = LINE.matcher(line);
      assertThat(matcher.matches()).as(line).isTrue();
      return new Shown(
          number(matcher.group(2)),
          number(matcher.group(3)),
          number(matcher.group(4)),
          (int) number(matcher.group(1)));
    }

    private static long number(String shown) {
      return Long.parseLong(shown.replace(",", ""));
    }
  }

  /** A job's progress and its report. */
  private record Watched(List<Shown> lines, RunReport report) {}

  @BeforeEach
  void beatFast() {
    System.setProperty(HEARTBEAT, "100ms");
    System.setProperty(FLAKY, FlakyFileSystem.class.getName());
  }

  @AfterEach
  void beatAsUsual() {
    System.clearProperty(HEARTBEAT);
    System.clearProperty(FLAKY);
  }

  @Test
  void tokensCountAsTheyAreComputed() throws IOException {
    Watched watched = run("local[2]", corpus().toString());

    assertThat(watched.lines())
        .as("a line before the first row that tells of tokens")
        .anyMatch(line -> line.rows() == 0 && line.newTokens() > 0 && line.percent() > 0);
    assertThat(watched.lines()).extracting(Shown::promptTokens).isSorted();
    assertThat(watched.lines()).extracting(Shown::newTokens).isSorted();
    assertThat(watched.lines()).filteredOn(line -> line.percent() == 100).hasSize(1);
    assertThat(watched.lines().getLast()).isEqualTo(all(watched.report()));
  }

  @Test
  void aTaskThatIsRetriedCountsOnceAtTheEnd() throws IOException {
    // Each file is opened twice to be scanned, then once by the task: the second one fails.
    FlakyFileSystem.OPENS_BEFORE_FAILURE.set(5);
    Watched watched = run("local[1,2]", "flaky://" + corpus());

    assertThat(FlakyFileSystem.OPENS_BEFORE_FAILURE.get()).isNegative();
    assertThat(watched.lines())
        .allMatch(line -> line.newTokens() <= (long) ROWS * NEW_TOKENS && line.rows() <= ROWS);
    assertThat(watched.lines().getLast()).isEqualTo(all(watched.report()));
  }

  private static Shown all(RunReport report) {
    return new Shown(ROWS, report.throughput().promptTokens(), (long) ROWS * NEW_TOKENS, 100);
  }

  private Path corpus() throws IOException {
    Path corpus = Files.createDirectory(folder.resolve("in"));
    for (String name : List.of("a.jsonl", "b.jsonl")) {
      Files.writeString(
          corpus.resolve(name), "{\"prompt\": \"The river was high.\"}\n".repeat(ROWS / 2));
    }
    return corpus;
  }

  private Watched run(String master, String input) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    GenerateJob.Console console =
        new GenerateJob.Console(new PrintStream(bytes, true, StandardCharsets.UTF_8), true);
    try (JavaSparkContext spark =
        new JavaSparkContext(SparkSessions.conf(Optional.of(master), "progress"))) {
      RunReport report = new GenerateJob(spark, options(input), console).run().orElseThrow();
      List<Shown> lines =
          Stream.of(bytes.toString(StandardCharsets.UTF_8).split("\r|\033\\[[?7]*[Klh]"))
              .map(String::strip)
              .filter(line -> !line.isEmpty())
              .map(Shown::of)
              .toList();
      return new Watched(lines, report);
    }
  }

  /** Three rows at once, so that rows wait, run and are finished at the same time. */
  private GenerateOptions options(String input) {
    return new GenerateOptions(
        TestModel.write(folder).toString(),
        new CorpusOptions(input, CorpusFormat.AUTO, OptionalLong.empty(), OptionalInt.of(1)),
        Optional.empty(),
        new GenerateOptions.Output(folder.resolve("out").toString(), false),
        new RowSettings(
            new FullPolicy(),
            SamplingOptions.greedy(),
            NEW_TOKENS,
            List.of(),
            true,
            GuardSettings.OFF,
            new RowSettings.PromptLimit(Integer.MAX_VALUE, Truncation.ERROR)),
        Optional.empty(),
        new EngineSettings(null, null, 3, 2048, EngineOptions.KV_BUDGET_OF_FREE_MEMORY),
        0,
        Map.of());
  }
}
