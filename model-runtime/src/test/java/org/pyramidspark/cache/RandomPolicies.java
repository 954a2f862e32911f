package org.pyramidspark.cache;

import java.util.LinkedHashMap;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Policies with settings at random, each a chance to be at its default. */
final class RandomPolicies {
  private RandomPolicies() {}

  /** Any policy there is. */
  static Arbitrary<CachePolicy> any() {
    return Arbitraries.of(Policies.NAMES).flatMap(RandomPolicies::named);
  }

  /** One policy. */
  static Arbitrary<CachePolicy> named(String name) {
    return changes(name).map(changes -> Policies.of(name, changes));
  }

  /** Changes of one policy's settings, as text. */
  static Arbitrary<Map<String, String>> changes(String name) {
    Arbitrary<Map<String, String>> changes = Arbitraries.just(Map.of());
    for (var setting : settings(name).entrySet()) {
      changes =
          Combinators.combine(changes, setting.getValue().injectNull(0.3))
              .as((before, value) -> with(before, setting.getKey(), value));
    }
    return changes.map(RandomPolicies::withOneBudget);
  }

  /** A decay given beside a budget is refused. */
  private static Map<String, String> withOneBudget(Map<String, String> changes) {
    Map<String, String> one = new LinkedHashMap<>(changes);
    if (one.containsKey("budget") || !one.getOrDefault("budget_tokens", "0").equals("0")) {
      one.remove("prefill_decay");
    }
    return one;
  }

  private static Map<String, String> with(Map<String, String> changes, String key, String value) {
    Map<String, String> changed = new LinkedHashMap<>(changes);
    if (value != null) {
      changed.put(key, value);
    }
    return changed;
  }

  private static Map<String, Arbitrary<String>> settings(String name) {
    Map<String, Arbitrary<String>> settings = new LinkedHashMap<>();
    if (!name.equals("full")) {
      settings.put("budget", decimal(0.001, 1));
      settings.put("budget_tokens", whole(0, 4000));
    }
    switch (name) {
      case "pyramid" -> addPyramid(settings);
      case "pyramid-plus" -> addPyramidPlus(settings);
      case "h2o" -> settings.put("recent_ratio", decimal(0, 1));
      case "scissorhands" -> {
        settings.put("history", whole(1, 600));
        settings.put("recent", whole(1, 50));
        settings.put("drop", whole(1, 40));
      }
      case "streaming-llm" -> settings.put("sink_tokens", whole(0, 700));
      case "snapkv" -> addVotes(settings);
      case "pyramidkv" -> {
        addVotes(settings);
        settings.put("beta", whole(1, 40));
      }
      default -> {}
    }
    return settings;
  }

  private static void addVotes(Map<String, Arbitrary<String>> settings) {
    settings.put("window", whole(1, 200));
    settings.put("kernel_size", whole(1, 20));
    settings.put("pooling", Arbitraries.of("mean", "max"));
  }

  private static void addPyramidPlus(Map<String, Arbitrary<String>> settings) {
    settings.put("row_keep", decimal(0.01, 1));
    settings.put("first_layer", whole(0, 40));
    settings.put("min_context", whole(0, 300));
    settings.put("window", whole(1, 200));
    settings.put("smoothing", whole(1, 30));
    settings.put("row_smoothing", whole(1, 30));
    settings.put("budget_slope", decimal(0, 1));
    settings.put("sink_tokens", whole(0, 100));
    settings.put("value_norm", Arbitraries.of("true", "false"));
    addSelection(settings);
  }

  private static void addPyramid(Map<String, Arbitrary<String>> settings) {
    settings.put("recent_ratio", decimal(0, 1));
    settings.put("prefill_decay", decimal(0.01, 1));
    settings.put("prefill_schedule", Arbitraries.of("linear", "cosine", "constant"));
    settings.put("min_context", whole(0, 100));
    settings.put("layer_interval", whole(1, 4));
    settings.put("sink_tokens", whole(0, 100));
    settings.put("distance_weight", decimal(0.5, 2));
    settings.put("gen_decay", decimal(0, 1));
    settings.put("gen_compress", decimal(0.01, 1));
    settings.put("exceed_length", whole(1, 40));
    addSelection(settings);
  }

  private static void addSelection(Map<String, Arbitrary<String>> settings) {
    settings.put("per_kv_head", Arbitraries.of("true", "false"));
    settings.put("protect", Arbitraries.of("all-but-document", "none"));
  }

  private static Arbitrary<String> decimal(double low, double high) {
    return Arbitraries.doubles().between(low, high).ofScale(3).map(String::valueOf);
  }

  /** The greatest number of all among them: a sum may not overflow. */
  private static Arbitrary<String> whole(int low, int high) {
    return Arbitraries.frequencyOf(
            Tuple.of(20, Arbitraries.integers().between(low, high)),
            Tuple.of(1, Arbitraries.just(Integer.MAX_VALUE)))
        .map(String::valueOf);
  }
}
