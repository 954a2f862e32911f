package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that were stopped, and what becomes of them. */
class ResumeJobTest {
  private static final int SPLITS = 8;

  @TempDir Path folder;
  private Path model;
  private Path corpus;
  private Path output;

  @BeforeEach
  void writeInputs() throws IOException {
    model = TestModel.write(folder);
    corpus = SlowCorpus.write(folder.resolve("in"));
    output = folder.resolve("out");
  }

  private List<String> arguments(Path to, int newTokens, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--model",
                model.toString(),
                "--input",
                corpus.toString(),
                "--output",
                to.toString(),
                "--policy",
                "full",
                "--ignore-eos",
                "--max-new-tokens",
                Integer.toString(newTokens)));
    arguments.addAll(List.of(more));
    return arguments;
  }

  private CommandRun generate(Path to, int newTokens, String... more) {
    List<String> arguments = arguments(to, newTokens, more);
    if (!arguments.contains("--master")) {
      arguments.addAll(List.of("--master", "local[2]"));
    }
    return CommandRun.generate(arguments.toArray(String[]::new));
  }

  /** A run of short rows that has ended. */
  private Map<String, String> finished() throws IOException {
    CommandRun run = generate(output, 4, "--partitions", Integer.toString(SPLITS));
    assertThat(run.exitCode()).as(run.err()).isZero();
    return RunFiles.rows(output);
  }

  private CommandRun resume(String... more) {
    return generate(
        output, 4, Stream.concat(Stream.of("--resume"), Stream.of(more)).toArray(String[]::new));
  }

  private static Map<String, FileTime> times(Path root) throws IOException {
    Map<String, FileTime> times = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.toList()) {
        times.put(root.relativize(file).toString(), Files.getLastModifiedTime(file));
      }
    }
    return times;
  }

  @Test
  void aDriverThatIsKilledGoesOnWhereItWas() throws Exception {
    int newTokens = 1000;
    List<Path> before;
    try (GenerateProcess driver =
        GenerateProcess.start(
            folder.resolve("log"),
            arguments(output, newTokens, "--partitions", "8", "--master", "local[1]"))) {
      driver.awaitCommits(output, 2);
      driver.kill();
      before = RunFiles.wholeManifests(output);
    }
    assertThat(before).hasSizeBetween(2, SPLITS - 1);
    assertThat(output.resolve("_SUCCESS")).doesNotExist();
    Map<Path, FileTime> committed = times(before);
    Path plan = output.resolve("_pyramid/splits.jsonl");
    String planned = Files.readString(plan);

    CommandRun run =
        generate(output, newTokens, "--resume", "--max-sequences", "3", "--partitions", "5");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(plan).hasContent(planned);
    assertThat(times(before)).isEqualTo(committed);
    assertThat(RunFiles.parts(output)).hasSize(SPLITS);
    Path undisturbed = folder.resolve("undisturbed");
    generate(undisturbed, newTokens);
    assertThat(RunFiles.rows(output))
        .isEqualTo(RunFiles.rows(undisturbed))
        .hasSize(SlowCorpus.ROWS);
    JsonNode report = CommandRun.report(output);
    assertThat(report.at("/rows/total").asInt()).isEqualTo(SlowCorpus.ROWS);
    assertThat(report.at("/throughput/generated_tokens").asInt())
        .isEqualTo(SlowCorpus.ROWS * newTokens);
    assertThat(report.get("sessions")).hasSize(2);
    assertThat(report.at("/splits/count").asInt()).isEqualTo(SPLITS);
    assertThat(report.at("/splits/misplaced_share").asDouble()).isBetween(0.0, 0.1);
    assertThat(report.at("/sessions/0/splits").asInt()).isEqualTo(before.size());
    assertThat(report.at("/sessions/1/splits").asInt()).isEqualTo(SPLITS - before.size());
    assertThat(report.at("/throughput/total_seconds").asDouble())
        .isGreaterThan(report.at("/sessions/0/seconds").asDouble());
    assertThat(report.get("engines").findValuesAsText("name"))
        .hasSize(2)
        .satisfiesOnlyOnce(name -> assertThat(name).startsWith("session 2: driver/"));
    assertThat(output.resolve("report.md")).content().contains("The run was stopped and resumed.");
  }

  private static Map<Path, FileTime> times(List<Path> files) throws IOException {
    Map<Path, FileTime> times = new TreeMap<>();
    for (Path file : files) {
      times.put(file, Files.getLastModifiedTime(file));
    }
    return times;
  }

  /** A schedule that starts before the last run has ended. */
  @Test
  void twoDriversInOneFolderWriteEachRowOnce() throws Exception {
    int newTokens = 600;
    CommandRun second;
    try (GenerateProcess first =
        GenerateProcess.start(
            folder.resolve("log"),
            arguments(output, newTokens, "--partitions", "8", "--master", "local[1]"))) {
      first.awaitCommits(output, 1);
      second = generate(output, newTokens, "--resume", "--master", "local[1]");
      first.awaitEnd();
      assertThat(first.log()).contains("32 rows, 0 of them with errors");
    }

    assertThat(second.exitCode()).as(second.err()).isZero();
    assertThat(RunFiles.rows(output)).hasSize(SlowCorpus.ROWS);
    assertThat(RunFiles.parts(output)).hasSize(SPLITS);
    assertThat(CommandRun.report(output).at("/rows/total").asInt()).isEqualTo(SlowCorpus.ROWS);
  }

  @Test
  void aDriverThatIsToldToEndKeepsWhatIsFinishedAndSaysSo() throws Exception {
    try (GenerateProcess driver =
        GenerateProcess.start(
            folder.resolve("log"),
            arguments(output, 1000, "--partitions", "8", "--master", "local[1]"))) {
      driver.awaitCommits(output, 1);
      driver.terminate();
      assertThat(driver.log())
          .containsPattern("[1-7] of 8 splits are finished and kept in " + output)
          .contains("--resume goes on");
    }
    // An attempt that the JVM's end cuts off may leave a file, which the resume deletes.
    assertThat(RunFiles.parts(output))
        .hasSizeGreaterThanOrEqualTo(RunFiles.manifests(output).size());
  }

  @Test
  void aDriverThatIsToldToEndBeforeThatLeavesNothing() throws Exception {
    try (GenerateProcess driver =
        GenerateProcess.start(
            folder.resolve("log"),
            arguments(output, 1000, "--partitions", "1", "--master", "local[1]"))) {
      driver.awaitCommits(output, 0);
      while (RunFiles.parts(output).isEmpty()) {
        Thread.sleep(20);
      }
      driver.terminate();
    }
    assertThat(output).doesNotExist();
  }

  @Test
  void tornManifestsAndLostRowsAreMadeAgainAndOrphansDeleted() throws IOException {
    Map<String, String> rows = finished();
    RunFiles.unfinish(output, List.of(1));
    Path torn = output.resolve("_pyramid/commits/00002.json");
    RunFiles.cut(torn, 0.6);
    Path empty = output.resolve("_pyramid/commits/00003.json");
    RunFiles.cut(empty, 0);
    RunFiles.cut(RunFiles.parts(output).get(4), 0.5);
    RunFiles.delete(RunFiles.parts(output).get(5));
    Files.writeString(output.resolve("part-00006-0123456789abcdef.jsonl"), "{\"id\": \"half");

    CommandRun run = resume();

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(RunFiles.rows(output)).isEqualTo(rows);
    assertThat(RunFiles.parts(output)).hasSize(SPLITS);
    assertThat(CommandRun.report(output).at("/sessions/1/splits").asInt()).isEqualTo(5);
  }

  @Test
  void aRunThatLacksNothingButItsReportsGetsThem() throws IOException {
    Map<String, String> rows = finished();
    JsonNode report = CommandRun.report(output);
    RunFiles.unfinish(output, List.of());
    RunFiles.delete(output.resolve("report.html"));
    Map<String, FileTime> committed = times(output.resolve("_pyramid"));

    assertThat(resume().exitCode()).isZero();

    assertThat(RunFiles.rows(output)).isEqualTo(rows);
    assertThat(times(output.resolve("_pyramid"))).isEqualTo(committed);
    assertThat(output.resolve("report.html")).isRegularFile();
    for (String part : List.of("rows", "kv", "latency", "engines", "sampled_rows", "sessions")) {
      if (!part.equals("sessions")) {
        assertThat(CommandRun.report(output).get(part)).as(part).isEqualTo(report.get(part));
      }
    }
  }

  @Test
  void otherSettingsAreRefusedWithTheDifference() throws IOException {
    finished();
    RunFiles.unfinish(output, List.of(1));
    Map<String, FileTime> before = times(output);

    CommandRun run = resume("--temperature", "0.5", "--stop", "x", "--partitions", "3");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .contains("temperature was 0.0 and now is 0.5", "stop was", "--overwrite to begin anew")
        .doesNotContain("partitions", "\tat ");
    assertThat(times(output)).isEqualTo(before);
  }

  @Test
  void anotherModelIsRefused() throws IOException {
    finished();
    RunFiles.unfinish(output, List.of(1));
    org.pyramidspark.checkpoint.TinyModel.standard().withSeed(77).write(model);

    CommandRun run = resume();

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("model was", "with SHA-256").doesNotContain("\tat ");
  }

  @Test
  void aCorpusThatHasChangedIsRefused() throws IOException {
    finished();
    RunFiles.unfinish(output, List.of(1));
    Path file = corpus.resolve("b.jsonl");
    String text = Files.readString(file);
    FileTime time = Files.getLastModifiedTime(file);

    Files.writeString(file, "{\"prompt\": \"more\"}\n", StandardOpenOption.APPEND);
    assertThat(resume().err()).contains("corpus", "has changed", "b.jsonl, ", "bytes");
    Files.writeString(file, text);
    Files.setLastModifiedTime(file, FileTime.fromMillis(time.toMillis() + 5000));
    assertThat(resume().err()).contains("has changed", "b.jsonl");
    Files.setLastModifiedTime(file, time);
    Path another = Files.writeString(corpus.resolve("c.jsonl"), "{\"prompt\": \"more\"}\n");
    assertThat(resume().err()).contains("c.jsonl was not there");
    Files.delete(another);
    Files.move(file, folder.resolve("aside"));
    assertThat(resume().err()).contains("b.jsonl is not there any more");
    Files.move(folder.resolve("aside"), file);

    CommandRun run = resume();
    assertThat(run.exitCode()).as(run.err()).isZero();
  }

  @Test
  void aFinishedRunIsLeftAlone() throws IOException {
    finished();
    Map<String, FileTime> before = times(output);

    CommandRun run = resume();

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("is finished already");
    assertThat(times(output)).isEqualTo(before);
  }

  @Test
  void whereNothingIsThereResumeBegins() throws IOException {
    assertThat(resume("--partitions", "2").exitCode()).isZero();
    assertThat(RunFiles.rows(output)).hasSize(SlowCorpus.ROWS);
  }

  @Test
  void whatNoRunHasWrittenIsNotResumed() throws IOException {
    Files.createDirectories(output);
    Files.writeString(output.resolve("thesis.docx"), "mine");

    CommandRun run = resume();

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("holds no run of generate");
  }

  @Test
  void withoutResumeAnUnfinishedRunIsRefused() throws IOException {
    finished();
    RunFiles.unfinish(output, List.of(0));

    CommandRun run = generate(output, 4);

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("is not finished", "--resume", "--overwrite");
  }

  @Test
  void evaluateRefusesAnUnfinishedRun() throws IOException {
    finished();
    RunFiles.unfinish(output, List.of(0));

    for (String input : List.of(output.toString(), output + "/part-*.jsonl")) {
      CommandRun run =
          CommandRun.evaluate(input, "--output", folder + "/scores", "--master", "local[1]");
      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.err()).contains("is not finished", "generate with --resume");
    }
  }
}
