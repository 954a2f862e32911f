package org.pyramidspark.job;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.cache.Policies;
import org.pyramidspark.config.PresetModel;
import org.pyramidspark.config.Presets;
import org.pyramidspark.errors.InvalidInputException;
import picocli.CommandLine.Option;

/** Command-line options of the cache policy. */
final class PolicyArguments {
  private static final String PYRAMID = "pyramid";
  private static final String PROTECT = "protect";

  @Option(
      names = "--policy",
      paramLabel = "POLICY",
      description =
          "What the KV cache keeps: pyramid-plus, pyramid (PyramidInfer), full, h2o, scissorhands,"
              + " streaming-llm, snapkv, pyramidkv or tova (default: the preset's, or "
              + Policies.DEFAULT
              + ").")
  private String policy;

  @Option(
      names = "--preset",
      paramLabel = "NAME|FILE",
      description =
          "Settings of a policy: a name out of conf/presets, of pyramid, or a YAML file, such as"
              + " calibrate writes (default: the policy's own; of pyramid llama2-7b).")
  private String preset;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Changes one setting of the policy or the preset; may be repeated.")
  private Map<String, String> overrides = new LinkedHashMap<>();

  @Option(
      names = "--protect",
      paramLabel = "RULE",
      description =
          "Tokens that pyramid and pyramid-plus never drop: all-but-document keeps template, system"
              + " text and instruction of rows that have a document; none is as PyramidInfer was"
              + " published (default: all-but-document).")
  private String protect;

  /**
   * @throws InvalidInputException if the policy, the preset or a setting is not known
   */
  CachePolicy policy() {
    Map<String, String> changes = new LinkedHashMap<>(overrides);
    if (protect != null) {
      changes.put(PROTECT, protect);
    }
    if (preset == null) {
      return Policies.of(policy == null ? Policies.DEFAULT : policy, changes);
    }
    CachePolicy ofPreset = Policies.ofPreset(preset, changes);
    if (policy != null && !policy.equals(ofPreset.name())) {
      throw InvalidInputException.of(
          "Option --policy is %s, and preset %s is of policy %s; leave one of both out.",
          policy, preset, ofPreset.name());
    }
    return ofPreset;
  }

  /** The model that the preset was calibrated on, if there is one that says so. */
  Optional<PresetModel> presetModel() {
    return preset == null ? Optional.empty() : Presets.read(preset).model();
  }

  /** The policy's settings, for the report. */
  Map<String, String> settings() {
    CachePolicy chosen = policy();
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("policy", chosen.name());
    if (preset != null || chosen.name().equals(PYRAMID)) {
      settings.put("preset", preset == null ? Policies.DEFAULT_PRESET : preset);
    }
    chosen.settings().forEach((key, value) -> settings.put(key, String.valueOf(value)));
    return settings;
  }
}
