package org.pyramidspark.job;

import java.util.LinkedHashMap;
import java.util.Map;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.cache.Policies;
import org.pyramidspark.cache.PyramidPolicy;
import org.pyramidspark.config.Presets;
import org.pyramidspark.errors.InvalidInputException;
import picocli.CommandLine.Option;

/** Command-line options of the cache policy. */
final class PolicyArguments {
  private static final String PROTECT = "protect";

  @Option(
      names = "--policy",
      paramLabel = "POLICY",
      defaultValue = "pyramid",
      description =
          "What the KV cache keeps: pyramid (PyramidInfer), full, pyramid-plus, h2o, scissorhands,"
              + " streaming-llm, snapkv, pyramidkv or tova (default: ${DEFAULT-VALUE}).")
  private String policy;

  @Option(
      names = "--preset",
      paramLabel = "NAME|FILE",
      description =
          "Settings of pyramid: a name out of conf/presets, or a YAML file (default: llama2-7b).")
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
      return Policies.of(policy, changes);
    }
    if (!policy.equals("pyramid")) {
      throw InvalidInputException.of(
          "Option --preset is for --policy pyramid, and the policy is %s; change its settings by"
              + " --set, or leave --preset out.",
          policy);
    }
    return new PyramidPolicy(Presets.with(Presets.load(preset), changes));
  }

  /** The policy's settings, for the report. */
  Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("policy", policy);
    if (policy.equals("pyramid")) {
      settings.put("preset", preset == null ? Policies.DEFAULT_PRESET : preset);
    }
    policy().settings().forEach((key, value) -> settings.put(key, String.valueOf(value)));
    return settings;
  }
}
