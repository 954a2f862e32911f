package org.pyramidspark.cache;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.pyramidspark.config.Preset;
import org.pyramidspark.config.PresetModel;
import org.pyramidspark.config.Presets;
import org.pyramidspark.config.Setting;
import org.pyramidspark.config.SettingValues;
import org.pyramidspark.config.Spelling;
import org.pyramidspark.errors.InvalidInputException;

/** The policies by their names. */
public final class Policies {
  /** All names, the exact cache first. */
  public static final List<String> NAMES =
      List.of(
          "full",
          "pyramid",
          "pyramid-plus",
          "h2o",
          "scissorhands",
          "streaming-llm",
          "snapkv",
          "pyramidkv",
          "tova");

  /** The policy when none is named, nor a preset. */
  public static final String DEFAULT = "pyramid-plus";

  /** The preset of {@code pyramid} when none is named. */
  public static final String DEFAULT_PRESET = "llama2-7b";

  private Policies() {}

  /**
   * A policy with its default settings but for those that are changed.
   *
   * @param name one of {@link #NAMES}
   * @param changes settings by key, as text
   * @throws InvalidInputException if there is no such policy or setting, or a value is not allowed
   */
  public static CachePolicy of(String name, Map<String, String> changes) {
    return switch (name) {
      case "full" -> full(changes);
      case "pyramid" -> new PyramidPolicy(Presets.with(Presets.load(DEFAULT_PRESET), changes));
      case "pyramid-plus" ->
          new PyramidPlusPolicy(values(name, PyramidPlusPolicy.SETTINGS, changes));
      case "h2o" -> new H2oPolicy(values(name, H2oPolicy.SETTINGS, changes));
      case "scissorhands" ->
          new ScissorhandsPolicy(values(name, ScissorhandsPolicy.SETTINGS, changes));
      case "streaming-llm" ->
          new StreamingLlmPolicy(values(name, StreamingLlmPolicy.SETTINGS, changes));
      case "snapkv" -> new SnapKvPolicy(values(name, SnapKvPolicy.SETTINGS, changes));
      case "pyramidkv" -> new PyramidKvPolicy(values(name, PyramidKvPolicy.SETTINGS, changes));
      case "tova" -> new TovaPolicy(values(name, TovaPolicy.SETTINGS, changes));
      default -> throw Spelling.unknownName("policy", name, NAMES);
    };
  }

  /**
   * A policy by its name, or by the name or file of a preset.
   *
   * @throws InvalidInputException as {@link #of}
   */
  public static CachePolicy ofNameOrPreset(String name, Map<String, String> changes) {
    if (NAMES.contains(name)) {
      return of(name, changes);
    }
    if (!Presets.isNameOrPath(name)) {
      List<String> all = Stream.concat(NAMES.stream(), Presets.NAMES.stream()).toList();
      throw Spelling.unknownName("policy or preset", name, all);
    }
    return ofPreset(name, changes);
  }

  /**
   * The policy of a preset.
   *
   * @param name of a built-in one, or its file's path
   * @throws InvalidInputException as {@link #of}, and if there is no such preset
   */
  public static CachePolicy ofPreset(String name, Map<String, String> changes) {
    Preset preset = Presets.read(name);
    if (preset.isOfPyramid()) {
      return new PyramidPolicy(Presets.with(Presets.load(name), changes));
    }
    if (!NAMES.contains(preset.policy())) {
      throw InvalidInputException.of(
          "Preset %s is of policy '%s'; give one of %s.",
          name, preset.policy(), String.join(", ", NAMES));
    }
    checkSettings(name, preset);
    Map<String, String> settings = new LinkedHashMap<>(preset.settings());
    settings.putAll(changes);
    return of(preset.policy(), settings);
  }

  /** So that what is wrong in the file names the file. */
  private static void checkSettings(String name, Preset preset) {
    try {
      of(preset.policy(), preset.settings());
    } catch (InvalidInputException e) {
      throw new InvalidInputException("Preset %s: %s".formatted(name, e.getMessage()), e);
    }
  }

  /** The model that a preset was calibrated on; nothing for a policy's name. */
  public static Optional<PresetModel> presetModel(String nameOrPreset) {
    return NAMES.contains(nameOrPreset) ? Optional.empty() : Presets.read(nameOrPreset).model();
  }

  private static CachePolicy full(Map<String, String> changes) {
    values("full", List.of(), changes);
    return new FullPolicy();
  }

  private static SettingValues values(
      String name, List<Setting> settings, Map<String, String> changes) {
    return SettingValues.of("Policy " + name, settings, changes);
  }
}
