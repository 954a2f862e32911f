package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An earlier output stays until a new one is whole. */
class OverwriteJobTest {
  private static final String FLAKY = "spark.hadoop.fs.flaky.impl";

  @TempDir Path folder;
  private Path model;
  private Path output;
  private Path next;

  @BeforeEach
  void writeInputs() throws IOException {
    System.setProperty(FLAKY, FlakyFileSystem.class.getName());
    model = TestModel.write(folder);
    SlowCorpus.write(folder.resolve("in"));
    output = folder.resolve("out");
    next = folder.resolve(".out.next");
  }

  @AfterEach
  void forgetFlakyDisk() {
    System.clearProperty(FLAKY);
    FlakyFileSystem.OPENS_BEFORE_FAILURE.set(-1);
  }

  private CommandRun generate(Path to, int newTokens, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--model",
                model.toString(),
                "--input",
                "flaky://" + folder.resolve("in"),
                "--output",
                to.toString(),
                "--policy",
                "full",
                "--ignore-eos",
                "--partitions",
                "2",
                "--max-new-tokens",
                Integer.toString(newTokens)));
    arguments.addAll(List.of(more));
    if (!arguments.contains("--master")) {
      arguments.addAll(List.of("--master", "local[2]"));
    }
    return CommandRun.generate(arguments.toArray(String[]::new));
  }

  /** Two splits, one after the other: the second cannot be read. */
  private CommandRun failInTheMiddle(int newTokens) {
    // Both files are opened twice to be scanned, then once for each split.
    FlakyFileSystem.OPENS_BEFORE_FAILURE.set(5);
    CommandRun run = generate(output, newTokens, "--overwrite", "--master", "local[1,1]");
    assertThat(FlakyFileSystem.OPENS_BEFORE_FAILURE.get()).isNegative();
    return run;
  }

  private List<String> besides() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith(".out"))
          .toList();
    }
  }

  @Test
  void theFormerOutputStaysUntilAResumedRunIsWhole() throws IOException {
    assertThat(generate(output, 2).exitCode()).isZero();
    Map<String, String> former = RunFiles.rows(output);

    CommandRun failed = failInTheMiddle(3);

    assertThat(failed.exitCode()).isEqualTo(1);
    assertThat(failed.err())
        .contains(
            "The disk is gone for a moment.", "1 of 2 splits are finished and kept in " + next)
        .contains("--resume goes on")
        .doesNotContain("nothing is written", "\tat ");
    assertThat(RunFiles.rows(output)).isEqualTo(former);
    List<Path> committed = RunFiles.parts(next);
    assertThat(committed).hasSize(1);

    CommandRun run = generate(output, 3, "--overwrite", "--resume");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(RunFiles.rows(output)).hasSize(SlowCorpus.ROWS).isNotEqualTo(former);
    assertThat(output.resolve(committed.getFirst().getFileName())).exists();
    assertThat(besides()).isEmpty();
  }

  @Test
  void overwriteWithoutResumeBeginsAnew() throws IOException {
    generate(output, 2);
    failInTheMiddle(3);
    List<Path> committed = RunFiles.parts(next);

    assertThat(generate(output, 3, "--overwrite").exitCode()).isZero();

    assertThat(RunFiles.rows(output)).hasSize(SlowCorpus.ROWS);
    assertThat(output.resolve(committed.getFirst().getFileName())).doesNotExist();
    assertThat(besides()).isEmpty();
  }

  @Test
  void aRunThatWasKilledWhileItTookItsPlaceTakesIt() throws IOException {
    generate(output, 2);
    Path whole = folder.resolve("whole");
    generate(whole, 3);
    Map<String, String> rows = RunFiles.rows(whole);
    Files.move(output, folder.resolve(".out.old"));
    Files.move(whole, next);

    CommandRun refused = generate(output, 3);
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains(next.toString(), "--resume", "--overwrite");
    CommandRun run = generate(output, 3, "--resume");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(RunFiles.rows(output)).isEqualTo(rows);
    assertThat(besides()).isEmpty();
  }

  @Test
  void anUnfinishedRunMayBeReplacedOrGoneOnWith() throws IOException {
    generate(output, 2);
    Map<String, String> rows = RunFiles.rows(output);
    RunFiles.unfinish(output, List.of(1));

    assertThat(generate(output, 2, "--overwrite", "--resume").exitCode()).isZero();
    assertThat(RunFiles.rows(output)).isEqualTo(rows);
    assertThat(CommandRun.report(output).get("sessions")).hasSize(2);

    RunFiles.unfinish(output, List.of(1));
    assertThat(generate(output, 2, "--overwrite").exitCode()).isZero();
    assertThat(RunFiles.rows(output)).isEqualTo(rows);
    assertThat(CommandRun.report(output).get("sessions")).hasSize(1);
  }

  @Test
  void anotherJobsOutputReplacesARunToo() throws IOException {
    generate(output, 2);
    CommandRun run =
        CommandRun.evaluate(
            SmallRuns.completions(folder.resolve("run.jsonl"), 1).toString(),
            "--references",
            SmallRuns.references(folder.resolve("corpus")).toString(),
            "--output",
            output.toString(),
            "--overwrite",
            "--master",
            "local[2]");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(output.resolve("_pyramid")).doesNotExist();
  }
}
