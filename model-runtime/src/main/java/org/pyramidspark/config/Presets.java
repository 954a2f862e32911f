package org.pyramidspark.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
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
    PyramidValues values = PyramidValues.initial();
    file.base().ifPresent(base -> values.change(builtIn(base).values()));
    change(file.origin(), values, file.values());
    values
        .missing()
        .ifPresent(
            setting -> {
              throw InvalidInputException.of(
                  "%s: setting %s is missing; give %s, or name a preset to start from by 'extends:"
                      + " %s'.",
                  file.origin(), setting.key(), setting.allowedWords(), NAMES.getFirst());
            });
    return values.config();
  }

  private static void change(
      String origin, PyramidValues values, Map<PyramidSetting, Object> changes) {
    try {
      values.change(changes);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(origin + ": " + e.getMessage(), e);
    }
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
    Map<PyramidSetting, Object> changes = new EnumMap<>(PyramidSetting.class);
    overrides.forEach(
        (key, text) -> {
          PyramidSetting setting =
              PyramidSetting.ofKey(key)
                  .orElseThrow(
                      () -> Spelling.unknownKey("--set " + key, key, PyramidSetting.keys()));
          changes.put(setting, setting.parse(text));
        });
    PyramidValues values = PyramidValues.of(base);
    values.change(changes);
    values
        .missing()
        .ifPresent(
            setting -> {
              throw InvalidInputException.of(
                  "Setting %s is missing, and no budget is left; give %s, or a budget.",
                  setting.key(), setting.allowedWords());
            });
    return values.config();
  }

  /** The settings by key, in the order of the preset files: Double, Integer or String each. */
  public static Map<String, Object> toMap(PyramidConfig config) {
    return PyramidValues.of(config).toMap();
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
}
