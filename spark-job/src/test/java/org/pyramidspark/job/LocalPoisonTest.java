package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A row that kills its JVM on a local master, where that is the driver's: the job ends with it, and
 * each resume gets further.
 */
class LocalPoisonTest {
  /** Exit code of a JVM that was killed. */
  private static final int KILLED = 137;

  @TempDir Path folder;

  @BeforeEach
  void writeInputs() throws IOException {
    TestModel.write(folder);
    SlowCorpus.write(folder.resolve("in"));
  }

  private List<String> arguments(Path output, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--model",
                folder.resolve("model.gguf").toString(),
                "--input",
                folder.resolve("in").toString(),
                "--output",
                output.toString(),
                "--master",
                "local[2]",
                "--policy",
                "full",
                "--ignore-eos",
                "--max-new-tokens",
                "800",
                "--limit",
                "12",
                "--partitions",
                "4"));
    arguments.addAll(List.of(more));
    return arguments;
  }

  /** Kills a run in the middle; gives a split that it was working on. */
  private int splitOfKilledRun(Path output) throws Exception {
    try (GenerateProcess run =
        GenerateProcess.start(folder.resolve("first.log"), arguments(output))) {
      while (RunFiles.parts(output).isEmpty()) {
        run.checkAlive();
        Thread.sleep(5);
      }
      run.kill();
    }
    String part = RunFiles.parts(output).getLast().getFileName().toString();
    return Integer.parseInt(part.split("-")[1]);
  }

  private int resume(Path output, int poisonedSplit, Path log) throws Exception {
    List<String> flags =
        List.of(
            "-Dspark.plugins=" + PoisonPlugin.class.getName(),
            "-D%s=%s".formatted(PoisonPlugin.OUTPUT, output),
            "-D%s=%d".formatted(PoisonPlugin.SPLIT, poisonedSplit),
            "-D%s=1".formatted(PoisonPlugin.ROW));
    try (GenerateProcess run = GenerateProcess.start(log, flags, arguments(output, "--resume"))) {
      return run.awaitEnd();
    }
  }

  @Test
  void eachResumeGetsFurtherUntilTheRowIsLeftOut() throws Exception {
    Path whole = folder.resolve("undisturbed");
    assertThat(CommandRun.generate(arguments(whole).toArray(String[]::new)).exitCode()).isZero();
    Map<String, String> undisturbed = RunFiles.rows(whole);
    Path output = folder.resolve("out");
    int split = splitOfKilledRun(output);

    // One notes the rows under work, the next runs them alone, the third leaves the killer out.
    for (int session = 2; session <= 3; session++) {
      Path log = folder.resolve("session%d.log".formatted(session));
      assertThat(resume(output, split, log)).as(Files.readString(log)).isEqualTo(KILLED);
      assertThat(marks(output)).as("session %d", session).contains("%05d".formatted(split));
    }
    Path log = folder.resolve("last.log");
    int exitCode = resume(output, split, log);

    assertThat(exitCode).as(Files.readString(log)).isEqualTo(JobCommands.ERROR_ROWS);
    Map<String, String> rows = RunFiles.rows(output);
    assertThat(rows.keySet()).isEqualTo(undisturbed.keySet());
    List<String> others =
        rows.keySet().stream().filter(id -> !rows.get(id).equals(undisturbed.get(id))).toList();
    assertThat(others).hasSize(1);
    assertThat(rows.get(others.getFirst())).contains("error", "while it was alone");
    assertThat(CommandRun.report(output).at("/rows/error_kinds/quarantined").asInt()).isOne();
    assertThat(CommandRun.report(output).at("/rows/retries/alone").asInt())
        .isEqualTo((int) CommandRun.rows(output).stream().filter(LocalPoisonTest::ranAlone).count())
        .isPositive();
  }

  private static boolean ranAlone(JsonNode row) {
    return row.get("retries").asText().equals("alone");
  }

  /** The splits that have marks. */
  private static List<String> marks(Path output) throws IOException {
    try (Stream<Path> files = Files.list(output.resolve("_pyramid/marks"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".json") && !name.startsWith("."))
          .map(name -> name.split("-")[0])
          .toList();
    }
  }
}
