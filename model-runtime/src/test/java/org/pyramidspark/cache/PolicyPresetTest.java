package org.pyramidspark.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.pyramidspark.config.PresetModel;
import org.pyramidspark.errors.InvalidInputException;

class PolicyPresetTest {
  static final List<String> NAMES = Policies.NAMES;

  @TempDir Path folder;

  private String preset(String text) {
    try {
      return Files.writeString(folder.resolve("preset.yaml"), text).toString();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @FieldSource("NAMES")
  void thePresetOfAnyPolicyReadsBackTheSame(String name) {
    CachePolicy policy = Policies.of(name, Map.of()).relaxed();
    String settings =
        policy.settings().entrySet().stream()
            .filter(setting -> !setting.getKey().equals("policy"))
            .map(setting -> setting.getKey() + ": " + setting.getValue() + "\n")
            .collect(Collectors.joining());
    String file = preset("policy: " + policy.name() + "\n" + settings);

    assertThat(Policies.ofPreset(file, Map.of())).isEqualTo(policy);
    assertThat(NamedPolicy.parse(file).policy()).isEqualTo(policy);
  }

  @Test
  void changesComeOnTop() {
    String file = preset("policy: snapkv\nbudget: 0.3\nwindow: 8\n");

    assertThat(Policies.ofPreset(file, Map.of("window", "9")))
        .isEqualTo(Policies.of("snapkv", Map.of("budget", "0.3", "window", "9")));
  }

  @Test
  void theModelIsKnownAndTheEvidenceIsForPeople() {
    String file =
        preset(
            """
            policy: tova
            budget: 0.4
            model: {name: small, sha256: abc}
            evidence: {rows: 6, search: {kl: 0.04}}
            """);

    assertThat(NamedPolicy.parse(file + ":budget=0.5").presetModel())
        .contains(new PresetModel("small", "abc"));
    assertThat(NamedPolicy.parse("tova").presetModel()).isEmpty();
    assertThat(NamedPolicy.parse("llama2-7b").presetModel()).isEmpty();
    new PresetModel("small", "abc").check(file, "small", "abc");
    assertThatThrownBy(() -> new PresetModel("small", "abc").check(file, "large", "def"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(file, "small", "abc", "large", "def");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          policy: snapkw;                        | snapkw
          policy: snapkv;budget: 2               | preset.yaml: Setting budget is "2"
          policy: snapkv;budgets: 0.2            | budgets
          policy: snapkv;budget: [0.2]           | budget is [0.2]; give one value
          policy: snapkv;budget:                 | budget is empty; give one value
          policy: snapkv;extends: llama2-7b      | extends is for presets of pyramid
          policy: snapkv;model: small            | model is "small"
          policy: full;budget: 0.2               | full has no settings
          """)
  void whatIsWrongIsNamedWithTheFile(String lines, String message) {
    String file = preset(lines.replace(";", "\n") + "\n");

    assertThatThrownBy(() -> Policies.ofPreset(file, Map.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("preset.yaml", message);
  }
}
