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
class CompareErrorsTest {
  @TempDir Path folder;

  @BeforeEach
  void writeInputs() throws IOException {
    SmallCorpus.write(folder.resolve("in"));
    TestModel.write(folder);
    Files.createDirectory(folder.resolve("taken"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--input | {}/missing.jsonl | missing.jsonl does not exist",
        "--output | {}/taken | exists",
        "--model | {}/missing.gguf | missing.gguf",
        "--master | moon | not one that Spark knows",
        "--policy | snapkv:budget | write KEY=VALUE",
        "--policy | snapkv:budget=2 | budget",
        "--policy | snapkv:windows=2 | windows",
        "--policy | full:budget=1 | no settings",
        "--policy | snapkw | snapkw",
        "--policy | pyramid:budget=0.5,prefill_decay=0.5 | leave one of them out",
        "--budgets | 0.3,much | much",
        "--budgets | 0.3,1.5 | 1.5",
        "--budgets | 0.3,0.3 | given twice",
        "--reference-tokens | -1 | give 0 or more",
        "--report-rows | -1 | give 0 to 10",
        "--report-rows | 11 | give 0 to 10",
        "--max-new-tokens | 0 | give 1 or more",
        "--max-new-tokens | 999999 | give fewer",
        "--partitions | 0 | give 1 or more",
        "--temperature | 1 | Unknown option",
      })
  void aWrongValueIsNamedAndNothingIsWritten(String option, String value, String complaint)
      throws IOException {
    List<Path> before = files();

    CommandRun run = compare(Map.of(option, value.replace("{}", folder.toString())));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).doesNotContain("\tat ");
    assertThat(run.err().lines().findFirst().orElseThrow()).contains(complaint);
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void budgetsWithoutAPolicyThatTakesThemAreRefused() {
    CommandRun run = compare(Map.of("--policy", "llama2-7b:prefill_decay=0.5", "--budgets", "0.5"));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--budgets is 0.5");
  }

  @Test
  void helpNamesEveryOptionWithItsDefault() {
    String help = CommandRun.compare("--help").out();

    assertThat(help.split("\n +(-., )?--(?!help|version|model|input|output)"))
        .hasSizeGreaterThan(12)
        .allMatch(option -> option.contains("efault") || option.startsWith("Usage"));
  }

  private CommandRun compare(Map<String, String> changed) {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("--model", folder.resolve("model.gguf").toString());
    options.put("--input", folder.resolve("in").toString());
    options.put("--output", folder.resolve("out").toString());
    options.put("--master", "local[1]");
    options.putAll(changed);
    List<String> arguments = new ArrayList<>();
    options.forEach((option, value) -> arguments.addAll(List.of(option, value)));
    return CommandRun.compare(arguments.toArray(String[]::new));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.sorted().toList();
    }
  }
}
