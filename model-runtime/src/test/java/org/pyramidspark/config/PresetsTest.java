package org.pyramidspark.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pyramidspark.errors.InvalidInputException;

class PresetsTest {
  static final List<String> NAMES = Presets.NAMES;

  @TempDir Path folder;

  @Test
  void theBuiltInPresetsAreTheFilesOfConfPresets() throws IOException {
    try (var files = Files.list(Path.of("..", "conf", "presets"))) {
      assertThat(files.map(file -> file.getFileName().toString().replaceFirst("\\.yaml$", "")))
          .containsExactlyInAnyOrderElementsOf(Presets.NAMES);
    }
  }

  @Test
  void thePresetOfTheSmallModelHasThePublishedValues() {
    assertThat(Presets.load("llama2-7b"))
        .isEqualTo(
            new PyramidConfig(
                new PyramidConfig.Prefill(0.2, 0.9, Schedule.COSINE, 64, 1, 4, 1.2),
                new PyramidConfig.Generation(0.1, Schedule.COSINE, 0.9, 16),
                new PyramidConfig.Selection(Protect.DOCUMENT_ONLY, false, Budget.NONE)));
    assertThat(Presets.load("llama3-8b")).isEqualTo(Presets.load("llama2-7b"));
    assertThat(Presets.load("llama3-70b")).isEqualTo(Presets.load("llama2-70b"));
  }

  @ParameterizedTest
  @CsvSource({
    "llama2-13b,      prefill_decay=0.8;layer_interval=2",
    "llama2-70b,      layer_interval=3",
    "constant-0.95,   prefill_decay=0.95;prefill_schedule=constant;recent_ratio=0.1",
    "generation-only, prefill_decay=1.0;gen_decay=0.5;recent_ratio=0.05",
  })
  void theOtherPresetsDifferFromItAsPublished(String name, String differences) {
    Map<String, String> overrides = new LinkedHashMap<>();
    for (String pair : differences.split(";")) {
      overrides.put(pair.split("=")[0], pair.split("=")[1]);
    }
    assertThat(Presets.load(name)).isEqualTo(Presets.with(Presets.load("llama2-7b"), overrides));
  }

  @ParameterizedTest
  @FieldSource("NAMES")
  void aPresetWrittenOutReadsBackTheSame(String name) throws IOException {
    PyramidConfig config = Presets.load(name);
    Map<String, Object> map = Presets.toMap(config);
    assertThat(map.keySet())
        .containsExactly(
            "policy",
            "recent_ratio",
            "prefill_decay",
            "prefill_schedule",
            "min_context",
            "layer_interval",
            "sink_tokens",
            "distance_weight",
            "gen_decay",
            "gen_schedule",
            "gen_compress",
            "exceed_length",
            "protect",
            "per_kv_head");
    assertThat(Presets.load(write(yaml(map)))).isEqualTo(config);
  }

  @Test
  void aFileMayExtendAPreset() throws IOException {
    assertThat(Presets.load(write("extends: llama2-13b\nmin_context: 100 # tokens\n")))
        .isEqualTo(Presets.with(Presets.load("llama2-13b"), Map.of("min_context", "100")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "recent_ratio     | -0.1, 1.01, many, true, [0.2], ~, \"0.2\", null",
        "prefill_decay    | 0, 0.0, -1, 1.1, half, false",
        "prefill_schedule | sine, Cosine, 3, true, [cosine], ~",
        "min_context      | -1, 1.5, 64.0, 3000000000, many, {a: 1}, ~",
        "layer_interval   | 0, -3, 2.5, every",
        "sink_tokens      | -1, 0.5, all",
        "distance_weight  | 0, -1.2, 1000.5, heavy",
        "gen_decay        | -0.5, 1.5, none",
        "gen_schedule     | exponential, 0.1",
        "gen_compress     | 0, -0.9, 1.1, most",
        "exceed_length    | 0, -16, 16.5, some",
        "policy           | full, h2o, 1",
        "budget           | 0, 0.0, -1, 1.1, half, ~",
        "budget_tokens    | -1, 1.5, 3000000000, many, ~",
        "protect          | document, true, 1",
        "per_kv_head      | maybe, 1, ~",
      })
  void aBadValueIsRefusedWithFileKeyValueAndAllowedRange(String key, String values)
      throws IOException {
    for (String value : values.split(", ")) {
      String file = write("extends: llama2-7b\n" + key + ": " + value + "\n");
      assertThatThrownBy(() -> Presets.load(file))
          .as("%s: %s", key, value)
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContainingAll(file, "Setting " + key + " is ", shown(value), allowed(key));
    }
  }

  /** How a message shows the value: as JSON. */
  private static String shown(String yaml) {
    return switch (yaml) {
      case "~", "null" -> "is empty;";
      case "{a: 1}" -> "{\"a\":1}";
      case "[cosine]" -> "[\"cosine\"]";
      default -> yaml;
    };
  }

  private static String allowed(String key) {
    return "give " + PyramidSetting.ofKey(key).orElseThrow().allowedWords();
  }

  @ParameterizedTest
  @CsvSource({
    "recent_ratio, 1.5", "recent_ratio, NaN", "recent_ratio, 0x1p-2", "recent_ratio, ' 0.2'",
    "min_context, 1.0", "min_context, ~", "gen_schedule, sine", "policy, full",
  })
  void aBadOverrideIsRefusedWithKeyValueAndAllowedRange(String key, String value) {
    PyramidConfig base = Presets.load("llama2-7b");
    assertThatThrownBy(() -> Presets.with(base, Map.of(key, value)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("Setting " + key, value, allowed(key));
  }

  @ParameterizedTest
  @CsvSource({
    "recent_ration, recent_ratio", "minContext, min_context", "extend, extends",
    "sink_token, sink_tokens", "gen_decy, gen_decay", "prefil_decay, prefill_decay",
  })
  void anUnknownKeyIsRefusedWithTheNearestKnownOne(String key, String nearest) throws IOException {
    String file = write("extends: llama2-7b\n" + key + ": 1\n");
    assertThatThrownBy(() -> Presets.load(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(file, "'" + key + "'", "nearest is '" + nearest + "'");
  }

  @Test
  void anUnknownOverrideIsRefusedWithTheNearestKnownKey() {
    PyramidConfig base = Presets.load("llama2-7b");
    assertThatThrownBy(() -> Presets.with(base, Map.of("recent", "0.1")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("--set recent", "nearest is 'recent_ratio'");
  }

  @ParameterizedTest
  @FieldSource("KEYS")
  void aMissingKeyIsRefusedByName(String key) throws IOException {
    Map<String, Object> map = Presets.toMap(Presets.load("llama2-7b"));
    map.remove(key);
    String file = write(yaml(map));
    assertThatThrownBy(() -> Presets.load(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(file, key + " is missing", allowed(key), "extends: llama2-7b");
  }

  /** Those that have no value of their own. */
  static final List<String> KEYS =
      Presets.toMap(Presets.load("llama2-7b")).keySet().stream()
          .filter(key -> PyramidSetting.ofKey(key).orElseThrow().initial().isEmpty())
          .toList();

  /** Presets written before there were more settings than the published ones stay whole. */
  @Test
  void whatIsNotInThePaperHasAValueOfItsOwn() throws IOException {
    Map<String, Object> map = Presets.toMap(Presets.load("llama2-7b"));
    map.remove("protect");
    map.remove("per_kv_head");
    assertThat(Presets.load(write(yaml(map)))).isEqualTo(Presets.load("llama2-7b"));
  }

  @ParameterizedTest
  @CsvSource({"budget, 0.3", "budget_tokens, 100"})
  void ofADecayAndABudgetTheLaterOneCounts(String key, String value) throws IOException {
    PyramidConfig published = Presets.load("llama2-13b");
    PyramidConfig changed = Presets.with(published, Map.of(key, value));
    assertThat(changed.selection().budget().isGiven()).isTrue();
    assertThat(Presets.load(write("extends: llama2-13b\n" + key + ": " + value)))
        .isEqualTo(changed);
    assertThat(Presets.toMap(changed)).containsKey(key).doesNotContainKey("prefill_decay");
    assertThat(Presets.load(write(yaml(Presets.toMap(changed))))).isEqualTo(changed);
    assertThat(Presets.with(changed, Map.of("prefill_decay", "0.8"))).isEqualTo(published);
    assertThat(Presets.with(changed, Map.of("budget", "0.7")))
        .isEqualTo(Presets.with(published, Map.of("budget", "0.7")));
    assertThat(Presets.with(published, Map.of("budget_tokens", "0"))).isEqualTo(published);
  }

  @ParameterizedTest
  @CsvSource({"budget, 0.3", "budget_tokens, 100"})
  void aDecayBesideABudgetIsRefused(String key, String value) throws IOException {
    String file = write("extends: llama2-7b\nprefill_decay: 0.8\n" + key + ": " + value);
    assertThatThrownBy(() -> Presets.load(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(file, "prefill_decay is 0.8", "leave one of them out");
    PyramidConfig base = Presets.load("llama2-7b");
    assertThatThrownBy(() -> Presets.with(base, Map.of("prefill_decay", "0.8", key, value)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("prefill_decay is 0.8", "leave one of them out");
  }

  @Test
  void withoutABudgetADecayIsNeeded() {
    PyramidConfig tokens = Presets.with(Presets.load("llama2-7b"), Map.of("budget_tokens", "100"));
    assertThatThrownBy(() -> Presets.with(tokens, Map.of("budget_tokens", "0")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("prefill_decay is missing", "or a budget");
  }

  @Test
  void aSwitchMayBeWrittenAsYamlWritesIt() throws IOException {
    String file = write("extends: llama2-7b\nper_kv_head: true\nprotect: none\n");
    assertThat(Presets.load(file).selection())
        .isEqualTo(new PyramidConfig.Selection(Protect.NONE, true, Budget.NONE));
  }

  @ParameterizedTest
  @CsvSource({
    "'', nothing",
    "'# a comment', nothing",
    "'- llama2-7b', [\"llama2-7b\"]",
    "'policy: pyramid\npolicy: pyramid', line 2: key 'policy' is there twice",
    "'extends: llama2-7b\nextends: llama2-7b', line 2: key 'extends' is there twice",
    "'a: b: c', line 1: this is not YAML",
    "'min_context: \"6', line 1: this is not YAML",
    "'extends: llama2-7b\n---\nmin_context: 1', a second document begins",
    "gen_decay: .nan, line 1: this is not YAML (Malformed numeric value '.nan')",
    "'extends: 7b', extends is \"7b\"; give one of llama2-7b",
  })
  void aFileOfAnotherFormIsRefused(String text, String reason) throws IOException {
    String file = write(text);
    assertThatThrownBy(() -> Presets.load(file))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(file, reason);
  }

  @Test
  void aFileThatIsNoTextIsRefused() throws IOException {
    Path binary = folder.resolve("weights.yaml");
    Files.write(binary, "min_context: \u00e9".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> Presets.load(binary.toString()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(binary.toString(), "UTF-8");
    Files.write(binary, new byte[70_000]);
    assertThatThrownBy(() -> Presets.load(binary.toString()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(binary.toString(), "70000 bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama2", "LLAMA2-7B", "", "full"})
  void anUnknownPresetIsRefusedWithTheKnownOnes(String name) {
    assertThatThrownBy(() -> Presets.load(name))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("'" + name + "'")
        .hasMessageContainingAll(Presets.NAMES.toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nowhere/my.yaml", "my.yaml", "../conf/presets/"})
  void aMissingFileIsRefused(String path) {
    assertThatThrownBy(() -> Presets.load(path))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(Path.of(path).toString(), "llama2-7b");
  }

  private static String yaml(Map<String, Object> map) {
    return map.entrySet().stream()
        .map(entry -> entry.getKey() + ": " + entry.getValue())
        .collect(Collectors.joining("\n"));
  }

  private String write(String yaml) throws IOException {
    return Files.writeString(folder.resolve("my.yaml"), yaml).toString();
  }
}
