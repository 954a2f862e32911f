package org.pyramidspark.job;

import java.util.LinkedHashMap;
import java.util.Map;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.cache.FullPolicy;
import org.pyramidspark.cache.PyramidPolicy;
import org.pyramidspark.config.Presets;
import org.pyramidspark.errors.InvalidInputException;
import picocli.CommandLine.Option;

/** Command-line options of the cache policy. */
final class PolicyArguments {
  @Option(
      names = "--policy",
      paramLabel = "POLICY",
      defaultValue = "pyramid",
      description =
          "What the KV cache keeps: pyramid (PyramidInfer) or full (default: ${DEFAULT-VALUE}).")
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
      description = "Changes one setting of the preset; may be repeated.")
  private Map<String, String> overrides = new LinkedHashMap<>();

  /**
   * @throws InvalidInputException if the policy, the preset or a setting is not known
   */
  CachePolicy policy() {
    return switch (policy) {
      case "full" -> full();
      case "pyramid" ->
          new PyramidPolicy(
              Presets.with(Presets.load(preset == null ? "llama2-7b" : preset), overrides));
      default ->
          throw InvalidInputException.of("Option --policy is %s; give full or pyramid.", policy);
    };
  }

  private CachePolicy full() {
    if (preset != null || !overrides.isEmpty()) {
      throw InvalidInputException.of(
          "Options --preset and --set change nothing with --policy full; leave them out, or give"
              + " --policy pyramid.");
    }
    return new FullPolicy();
  }

  /** The policy's settings, for the report. */
  Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("policy", policy);
    if (policy() instanceof PyramidPolicy pyramid) {
      settings.put("preset", preset == null ? "llama2-7b" : preset);
      Presets.toMap(pyramid.config())
          .forEach((key, value) -> settings.put(key, String.valueOf(value)));
    }
    return settings;
  }
}
