package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a user can get wrong: one clear sentence, exit code 2, nothing written. */
class GenerateErrorsTest {
  @TempDir Path folder;

  @BeforeEach
  void writeInputs() throws IOException {
    SmallCorpus.write(folder.resolve("in"));
    TestModel.write(folder);
    Files.createDirectory(folder.resolve("taken"));
    Files.createDirectory(folder.resolve("nothing"));
    Files.writeString(folder.resolve("file"), "x");
    Files.writeString(folder.resolve("blank.jsonl"), "\n  \n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--device | gpu | natives for CPUs alone",
        "--device | tpu | give auto or cpu or gpu",
        "--gpus-per-task | 2 | a share over 0, up to 1",
        "--gpus-per-task | 0.5 | no GPUs to share",
        "--input | {}/missing.jsonl | missing.jsonl does not exist",
        "--input | {}/nothing | without *.jsonl files",
        "--input | {}/blank.jsonl | holds no rows",
        "--output | {}/taken | exists",
        "--output | {}/file/out | cannot be written",
        "--model | {}/missing.gguf | missing.gguf",
        "--master | moon | not one that Spark knows",
        "--policy | snap | the nearest is 'snapkv'",
        "--protect | document | give one of all-but-document, none",
        "--preset | llama9 | llama9",
        "--preset | {}/missing.yaml | missing.yaml",
        "--set | row_keep=7 | row_keep",
        "--set | recent_ratio=0.1 | Policy pyramid-plus: there is no setting 'recent_ratio'",
        "--set | recent=0.5 | recent",
        "--max-new-tokens | 0 | give 1 or more",
        "--max-new-tokens | 999999 | give fewer",
        "--max-prompt-tokens | 0 | give 1 or more",
        "--max-sequences | 0 | give 1 or more",
        "--partitions | 0 | give 1 or more",
        "--limit | 0 | give 1 or more",
        "--report-rows | -1 | give 0 to 50",
        "--report-rows | 51 | give 0 to 50",
        "--temperature | -1 | Temperature is -1",
        "--top-p | 0 | Top-p is 0",
        "--truncate | left | 'left'",
        "--compute | int4 | 'int4'",
        "--format | xml | 'xml'",
      })
  void aWrongValueIsNamedAndNothingIsWritten(String option, String value, String complaint)
      throws IOException {
    List<Path> before = files();

    CommandRun run = generate(Map.of(option, value.replace("{}", folder.toString())));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains(complaint).doesNotContain("\tat ");
    assertThat(run.err().lines().findFirst().orElseThrow()).contains(complaint);
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void aPresetOfAnotherPolicyIsRefused() {
    CommandRun run = generate(Map.of("--policy", "full", "--preset", "llama2-7b"));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--policy is full", "preset llama2-7b is of policy pyramid");
  }

  @Test
  void overwriteRefusesAFolderThatIsNotAnOutput() {
    CommandRun run =
        generate(Map.of("--output", folder.resolve("in").toString(), "--overwrite", ""));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("which no run has written");
    assertThat(folder.resolve("in/plain.jsonl")).exists();
  }

  @Test
  void helpNamesEveryOptionWithItsDefault() {
    String help = CommandRun.generate("--help").out();

    assertThat(help.split("\n +(-., )?--(?!help|version|model|input|output)"))
        .hasSizeGreaterThan(15)
        .allMatch(
            option ->
                option.contains("efault")
                    || option.startsWith("Usage")
                    || option.startsWith("set"));
  }

  private CommandRun generate(Map<String, String> changed) {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("--model", folder.resolve("model.gguf").toString());
    options.put("--input", folder.resolve("in").toString());
    options.put("--output", folder.resolve("out").toString());
    options.put("--master", "local[1]");
    options.putAll(changed);
    List<String> arguments = new ArrayList<>();
    options.forEach(
        (option, value) -> {
          arguments.add(option);
          if (!value.isEmpty()) {
            arguments.add(value);
          }
        });
    return CommandRun.generate(arguments.toArray(String[]::new));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.sorted().toList();
    }
  }
}
