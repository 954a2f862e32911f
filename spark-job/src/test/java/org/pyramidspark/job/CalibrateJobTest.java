package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CalibrateJobTest {
  private static final String LOOSE = "5";
  private static final String TIGHT = "1e-12";

  @TempDir Path folder;
  private Path input;
  private Path model;
  private Path output;

  @BeforeEach
  void writeInputs() throws IOException {
    input = SmallCorpus.write(folder.resolve("in"));
    model = TestModel.write(folder);
    output = folder.resolve("calibration");
  }

  private CommandRun calibrate(String maxLoss, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--model",
                model.toString(),
                "--input",
                input.toString(),
                "--output",
                output.toString(),
                "--max-loss",
                maxLoss,
                "--master",
                "local[2]"));
    Map<String, String> defaults = Map.of("--rows", "3", "--check-rows", "3", "--tokens", "4");
    defaults.forEach(
        (option, value) -> {
          if (!List.of(more).contains(option)) {
            arguments.addAll(List.of(option, value));
          }
        });
    arguments.addAll(List.of(more));
    return CommandRun.calibrate(arguments.toArray(String[]::new));
  }

  private CommandRun generate(Path preset, Path with) {
    return CommandRun.generate(
        "--model", with.toString(),
        "--input", input.toString(),
        "--output", folder.resolve("generated").toString(),
        "--master", "local[2]",
        "--max-new-tokens", "4",
        "--preset", preset.toString());
  }

  private Path preset() {
    return output.resolve("preset.yaml");
  }

  private static List<String> texts(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText).toList();
  }

  private Map<String, FileTime> trialFiles() throws IOException {
    Map<String, FileTime> times = new HashMap<>();
    try (Stream<Path> files = Files.list(output)) {
      for (Path file : files.toList()) {
        if (file.getFileName().toString().startsWith("trials-")) {
          times.put(file.getFileName().toString(), Files.getLastModifiedTime(file));
        }
      }
    }
    return times;
  }

  @ParameterizedTest
  @ValueSource(strings = {"pyramid-plus", "pyramid", "snapkv"})
  void thePresetHoldsTheLimitOnRowsThatTheSearchDidNotSeeAndCanBeUsed(String policy)
      throws IOException {
    CommandRun run = calibrate(LOOSE, "--policy", policy);

    assertThat(run.exitCode()).as(run.err()).isZero();
    JsonNode report = CommandRun.report(output);
    assertThat(texts(report.get("search_rows"))).hasSize(3);
    assertThat(texts(report.get("check_rows")))
        .hasSize(3)
        .doesNotContainAnyElementsOf(texts(report.get("search_rows")));
    JsonNode check = report.get("checks").get(0);
    assertThat(check.get("within").asBoolean()).isTrue();
    assertThat(check.get("policy").asText()).isEqualTo(report.get("found").get("policy").asText());
    assertThat(Files.readString(preset())).contains("policy: " + policy, "evidence:", "sha256:");
    assertThat(run.out()).contains(preset().toString());

    CommandRun generated = generate(preset(), model);
    assertThat(generated.exitCode()).as(generated.err()).isEqualTo(3);
    JsonNode settings = CommandRun.report(folder.resolve("generated")).get("settings");
    assertThat(settings.get("policy").asText()).isEqualTo(policy);
    assertThat(settings.get("preset").asText()).isEqualTo(preset().toString());
  }

  @Test
  void noSettingsWithinTheLimitGiveNoPresetAndACodeOfTheirOwn() throws IOException {
    CommandRun run = calibrate(TIGHT, "--policy", "streaming-llm");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(4);
    assertThat(preset()).doesNotExist();
    JsonNode report = CommandRun.report(output);
    assertThat(report.get("found").isNull()).isTrue();
    assertThat(report.get("search"))
        .isNotEmpty()
        .noneMatch(trial -> trial.get("within").asBoolean());
    assertThat(run.out()).contains("No settings held the limit");
  }

  @Test
  void aRunThatWasStoppedGoesOnWithTheTrialsThatAreDone() throws IOException {
    assertThat(calibrate(LOOSE).exitCode()).isZero();
    String whole = Files.readString(preset());
    Map<String, FileTime> before = trialFiles();
    assertThat(before).containsKeys("trials-search-1.jsonl", "trials-check-1.jsonl");
    for (String undone : List.of("trials-search-4.jsonl", "trials-check-1.jsonl")) {
      Files.delete(output.resolve(undone));
      before.remove(undone);
    }
    Files.delete(preset());
    Files.delete(output.resolve("report.json"));

    CommandRun again = calibrate(LOOSE);

    assertThat(again.exitCode()).as(again.err()).isZero();
    assertThat(Files.readString(preset())).isEqualTo(whole);
    assertThat(trialFiles())
        .containsAllEntriesOf(before)
        .containsKeys("trials-search-4.jsonl", "trials-check-1.jsonl");
  }

  @Test
  void theSampleDoesNotDependOnHowTheCorpusIsCut() throws IOException {
    assertThat(calibrate(LOOSE, "--policy", "tova", "--partitions", "1").exitCode()).isZero();
    JsonNode one = CommandRun.report(output);
    output = folder.resolve("other");
    assertThat(calibrate(LOOSE, "--policy", "tova", "--partitions", "5").exitCode()).isZero();
    JsonNode five = CommandRun.report(output);

    assertThat(five.get("search_rows")).isEqualTo(one.get("search_rows"));
    assertThat(five.get("check_rows")).isEqualTo(one.get("check_rows"));
    assertThat(five.get("found").get("policy")).isEqualTo(one.get("found").get("policy"));
  }

  @Test
  void anotherQuestionInTheSameFolderIsRefusedWithTheDifference() {
    assertThat(calibrate(TIGHT, "--policy", "tova").exitCode()).isEqualTo(4);
    CommandRun run = calibrate("0.1", "--policy", "tova");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("max-loss 1.0E-12", "now it is 0.1", output.toString());
  }

  @Test
  void aFolderOfSomethingElseIsLeftAlone() throws IOException {
    Files.createDirectories(output);
    Files.writeString(output.resolve("notes.txt"), "mine");
    CommandRun run = calibrate(LOOSE);

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains(output.toString(), "no calibration's folder");
    assertThat(output).isDirectoryContaining(file -> file.endsWith("notes.txt"));
    assertThat(Files.list(output)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void damagedTrialsAreNamed(boolean withChecksum) throws IOException {
    assertThat(calibrate(LOOSE, "--policy", "tova").exitCode()).isZero();
    Files.writeString(output.resolve("trials-search-2.jsonl"), "{\"row\": \n");
    if (!withChecksum) {
      Files.delete(output.resolve(".trials-search-2.jsonl.crc"));
    }
    CommandRun run = calibrate(LOOSE, "--policy", "tova");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("trials-search-2.jsonl is damaged", "delete it");
  }

  @Test
  void aPresetOfAnotherModelIsRefused() throws IOException {
    assertThat(calibrate(LOOSE, "--policy", "tova").exitCode()).isZero();
    Path other = folder.resolve("other.yaml");
    Files.writeString(
        other,
        Files.readString(preset()).replaceAll("sha256: .*", "sha256: \"" + "0".repeat(64) + "\""));
    CommandRun run = generate(other, model);

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains(other.toString(), "was calibrated on model", "0000");
    assertThat(folder.resolve("generated")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({
    "--max-loss, 0, --max-loss is 0.0",
    "--max-loss, nan, --max-loss",
    "--rows, 1, --rows is 1",
    "--check-rows, 0, --check-rows is 0",
    "--rows, 50, has 7 rows that can be tried",
    "--tokens, 0, --tokens is 0",
    "--policy, full, Policy full has no settings",
    "--policy, fulll, fulll",
    "--max-prompt-tokens, 0, --max-prompt-tokens is 0"
  })
  void aWrongOptionIsRefusedInOneSentence(String option, String value, String message) {
    CommandRun run =
        option.equals("--max-loss") ? calibrate(value) : calibrate(LOOSE, option, value);

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains(message);
    assertThat(preset()).doesNotExist();
  }
}
