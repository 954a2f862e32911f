package org.pyramidspark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pyramidspark.checkpoint.TinyModel;
import picocli.CommandLine;

/** {@code history} and {@code compare-runs} over real runs. */
class RunsTest {
  @TempDir static Path folder;

  private record Run(int exitCode, String out, String err) {}

  private static Run run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command = PyramidSpark.commandLine();
    command.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return new Run(command.execute(arguments), out.toString(), err.toString());
  }

  @BeforeAll
  static void generate() throws IOException {
    Path model = TinyModel.standard().write(folder.resolve("model.gguf"));
    Path corpus = folder.resolve("corpus.jsonl");
    Files.writeString(
        corpus,
        """
        {"prompt": "Once upon a time there was a mill by the river.", "reference": "A mill."}
        {"prompt": "The council met twice."}
        """);
    generate(model, corpus, "monday", "--policy", "full");
    generate(model, corpus, "tuesday", "--policy", "snapkv", "--set", "budget=0.5");
    generate(model, corpus, "wednesday", "--policy", "full", "--output-format", "parquet");
    Files.createDirectories(folder.resolve("runs/no-run"));
    Files.createDirectories(folder.resolve("runs/another-job"));
    Files.writeString(folder.resolve("runs/another-job/report.json"), "{\"policies\": []}");
    Files.createDirectories(folder.resolve("runs/torn"));
    Files.writeString(folder.resolve("runs/torn/report.json"), "{\"through");
  }

  private static void generate(Path model, Path corpus, String name, String... settings) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "generate", "--model", model.toString(), "--input", corpus.toString(), "--output"));
    arguments.addAll(
        List.of(output(name), "--master", "local[1]", "--max-new-tokens", "4", "--ignore-eos"));
    arguments.addAll(List.of(settings));
    Run run = run(arguments.toArray(String[]::new));
    assertThat(run.exitCode()).as(run.err()).isZero();
  }

  private static String output(String name) {
    return folder.resolve("runs").resolve(name).toString();
  }

  @Test
  void theHistoryHasALineForEachFinishedRunOfGenerate() {
    Run run = run("history", folder.resolve("runs").toString());
    assertThat(run.exitCode()).as(run.err()).isZero();
    List<String> lines = run.out().lines().toList();
    assertThat(lines).hasSize(4);
    assertThat(lines.get(0)).startsWith("Started").contains("Output", "Policy", "rows", "KV kept");
    assertThat(lines.get(1)).contains("monday", "full", "100.0 %");
    assertThat(lines.get(2)).contains("tuesday", "snapkv");
    assertThat(lines.get(3)).contains("wednesday", "full");
  }

  @Test
  void twoRunsDifferInWhatWasAskedForAndInFigures() {
    Run run = run("compare-runs", output("monday"), output("tuesday"));
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out())
        .containsPattern("(?m)^policy +full +snapkv")
        .containsPattern("(?m)^rows +2 +2 +1\\.00$")
        .containsPattern("(?m)^generated tokens +8 +8 +1\\.00$")
        .containsPattern("(?m)^KV kept +100\\.0 % +\\d")
        .doesNotContainPattern("(?m)^output ")
        .doesNotContainPattern("(?m)^max-new-tokens ");
  }

  @Test
  void aRunMayHaveWrittenATable() {
    Run run = run("compare-runs", output("monday"), output("wednesday"));
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out())
        .containsPattern("(?m)^output-format +parquet")
        .containsPattern("(?m)^generated tokens +8 +8 +1\\.00$");
  }

  @Test
  void aRunDoesNotDifferFromItself() {
    Run run = run("compare-runs", output("monday"), output("monday"));
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("The settings are the same.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nowhere", "no-run", "another-job", "torn"})
  void whatIsNoFinishedRunIsRefused(String name) {
    Run run = run("compare-runs", output("monday"), output(name));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .contains(name)
        .contains("output folder of a run of generate")
        .hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"runs/no-run", "elsewhere"})
  void aFolderWithoutRunsIsRefused(String name) {
    Run run = run("history", folder.resolve(name).toString());
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains(name).contains("give the folder").hasLineCount(1);
  }
}
