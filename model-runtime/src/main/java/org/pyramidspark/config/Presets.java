package org.pyramidspark.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pyramidspark.errors.InvalidInputException;

/**
 * Settings of PyramidInfer by name or from a file. A preset is a flat YAML file of all keys of
 * {@link PyramidSetting}, or of some with {@code extends: NAME}, a built-in preset that gives the
 * others. Every fault is an {@link InvalidInputException} with the file, the key, the value and
 * what is allowed.
 */
public final class Presets {

  /** The built-in presets: the files of {@code conf/presets}. */
  public static final List<String> NAMES =
      List.of(
          "llama2-7b",
          "llama2-13b",
          "llama2-70b",
          "llama3-8b",
          "llama3-70b",
          "constant-0.95",
          "generation-only");

  private static final int MAX_FILE_BYTES = 1 << 16;

  private Presets() {}

  /** The settings of a built-in preset, or of a file: whatever has a slash or ends in .yaml. */
  public static PyramidConfig load(String nameOrPath) {
    PresetFile file = file(nameOrPath);
    Map<PyramidSetting, Object> values = new EnumMap<>(PyramidSetting.class);
    for (PyramidSetting setting : PyramidSetting.values()) {
      setting.initial().ifPresent(value -> values.put(setting, value));
    }
    file.base().ifPresent(base -> values.putAll(builtIn(base).values()));
    values.putAll(file.values());
    for (PyramidSetting setting : PyramidSetting.values()) {
      if (!values.containsKey(setting)) {
        throw InvalidInputException.of(
            "%s: setting %s is missing; give %s, or name a preset to start from by 'extends: %s'.",
            file.origin(), setting.key(), setting.allowedWords(), NAMES.getFirst());
      }
    }
    return config(values);
  }

  /** A built-in preset, or a file's, of any policy. */
  public static Preset read(String nameOrPath) {
    PresetFile file = file(nameOrPath);
    boolean ofPyramid = file.policy().equals(PresetFile.PYRAMID);
    return new Preset(file.policy(), ofPyramid ? Map.of() : file.texts(), file.model());
  }

  private static PresetFile file(String nameOrPath) {
    return isPath(nameOrPath) ? ofPath(Path.of(nameOrPath)) : builtIn(nameOrPath);
  }

  /**
   * Settings with some changed, as by {@code --set key=value}.
   *
   * @param overrides new values by key, as text
   */
  public static PyramidConfig with(PyramidConfig base, Map<String, String> overrides) {
    Map<PyramidSetting, Object> values = values(base);
    overrides.forEach(
        (key, text) -> {
          PyramidSetting setting =
              PyramidSetting.ofKey(key)
                  .orElseThrow(
                      () -> Spelling.unknownKey("--set " + key, key, PyramidSetting.keys()));
          values.put(setting, setting.parse(text));
        });
    return config(values);
  }

  /** The settings by key, in the order of the preset files: Double, Integer or String each. */
  public static Map<String, Object> toMap(PyramidConfig config) {
    Map<String, Object> map = new LinkedHashMap<>();
    values(config).forEach((setting, value) -> map.put(setting.key(), value));
    return map;
  }

  /** Whether it is a built-in preset's name, or has the form of a preset file's path. */
  public static boolean isNameOrPath(String text) {
    return NAMES.contains(text) || isPath(text);
  }

  private static boolean isPath(String nameOrPath) {
    return nameOrPath.contains("/")
        || nameOrPath.contains("\\")
        || nameOrPath.endsWith(".yaml")
        || nameOrPath.endsWith(".yml");
  }

  private static PresetFile builtIn(String name) {
    if (!NAMES.contains(name)) {
      throw InvalidInputException.of(
          "There is no preset '%s'; give one of %s, or the path of a .yaml file.",
          name, String.join(", ", NAMES));
    }
    try (var in = Presets.class.getResourceAsStream("/presets/" + name + ".yaml")) {
      return PresetFile.parse(
          "Preset " + name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static PresetFile ofPath(Path path) {
    if (!Files.isRegularFile(path)) {
      throw InvalidInputException.of(
          "Preset file %s is not there or is no file; give the path of a .yaml file, or one of %s.",
          path, String.join(", ", NAMES));
    }
    try {
      long numBytes = Files.size(path);
      if (numBytes > MAX_FILE_BYTES) {
        throw InvalidInputException.of(
            "Preset file %s has %d bytes; a preset has at most %d, so this is some other file.",
            path, numBytes, MAX_FILE_BYTES);
      }
      return PresetFile.parse("Preset file " + path, Files.readString(path));
    } catch (IOException e) {
      throw new InvalidInputException(
          "Preset file %s cannot be read (%s); give a readable file of UTF-8 text."
              .formatted(path, e),
          e);
    }
  }

  private static Map<PyramidSetting, Object> values(PyramidConfig config) {
    var prefill = config.prefill();
    var generation = config.generation();
    Map<PyramidSetting, Object> values = new EnumMap<>(PyramidSetting.class);
    values.put(PyramidSetting.POLICY, PresetFile.PYRAMID);
    values.put(PyramidSetting.RECENT_RATIO, prefill.recentRatio());
    values.put(PyramidSetting.PREFILL_DECAY, prefill.decay());
    values.put(PyramidSetting.PREFILL_SCHEDULE, prefill.schedule().label());
    values.put(PyramidSetting.MIN_CONTEXT, prefill.minContext());
    values.put(PyramidSetting.LAYER_INTERVAL, prefill.layerInterval());
    values.put(PyramidSetting.SINK_TOKENS, prefill.sinkTokens());
    values.put(PyramidSetting.DISTANCE_WEIGHT, prefill.distanceWeight());
    values.put(PyramidSetting.GEN_DECAY, generation.decay());
    values.put(PyramidSetting.GEN_SCHEDULE, generation.schedule().label());
    values.put(PyramidSetting.GEN_COMPRESS, generation.compressRatio());
    values.put(PyramidSetting.EXCEED_LENGTH, generation.exceedLength());
    values.put(PyramidSetting.PROTECT, config.selection().protect().label());
    values.put(PyramidSetting.PER_KV_HEAD, String.valueOf(config.selection().perKvHead()));
    return values;
  }

  private static PyramidConfig config(Map<PyramidSetting, Object> values) {
    return new PyramidConfig(
        new PyramidConfig.Prefill(
            (double) values.get(PyramidSetting.RECENT_RATIO),
            (double) values.get(PyramidSetting.PREFILL_DECAY),
            schedule(values.get(PyramidSetting.PREFILL_SCHEDULE)),
            (int) values.get(PyramidSetting.MIN_CONTEXT),
            (int) values.get(PyramidSetting.LAYER_INTERVAL),
            (int) values.get(PyramidSetting.SINK_TOKENS),
            (double) values.get(PyramidSetting.DISTANCE_WEIGHT)),
        new PyramidConfig.Generation(
            (double) values.get(PyramidSetting.GEN_DECAY),
            schedule(values.get(PyramidSetting.GEN_SCHEDULE)),
            (double) values.get(PyramidSetting.GEN_COMPRESS),
            (int) values.get(PyramidSetting.EXCEED_LENGTH)),
        new PyramidConfig.Selection(
            Protect.of((String) values.get(PyramidSetting.PROTECT)),
            Boolean.parseBoolean((String) values.get(PyramidSetting.PER_KV_HEAD))));
  }

  private static Schedule schedule(Object label) {
    return Arrays.stream(Schedule.values())
        .filter(schedule -> schedule.label().equals(label))
        .findFirst()
        .orElseThrow();
  }
}
