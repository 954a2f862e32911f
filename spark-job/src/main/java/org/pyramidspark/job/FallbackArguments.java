package org.pyramidspark.job;

import java.util.Map;
import java.util.Optional;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.cache.NamedPolicy;
import org.pyramidspark.config.PresetModel;
import picocli.CommandLine.Option;

/** Command-line option of what is done with rows that do not fit into memory. */
final class FallbackArguments {
  @Option(
      names = "--fallback-policy",
      paramLabel = "POLICY",
      description =
          "Complete a row that does not fit into memory, not even alone, under this policy or preset,"
              + " such as snapkv:budget=0.1; such a row says so (default: make it an error row).")
  private String fallback;

  /**
   * The policy; null if there is none.
   *
   * @throws org.pyramidspark.errors.InvalidInputException if it is not known
   */
  CachePolicy policy() {
    return named().map(NamedPolicy::policy).orElse(null);
  }

  private Optional<NamedPolicy> named() {
    return Optional.ofNullable(fallback).map(NamedPolicy::parse);
  }

  /** The model that its preset was calibrated on, if it is one that says so, by the preset. */
  Map<String, PresetModel> presetModels() {
    return named()
        .flatMap(NamedPolicy::presetModel)
        .map(model -> Map.of(fallback, model))
        .orElse(Map.of());
  }
}
