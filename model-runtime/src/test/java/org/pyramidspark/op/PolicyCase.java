package org.pyramidspark.op;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.cache.Policies;
import org.pyramidspark.cache.PromptShape;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.KvType;
import org.pyramidspark.config.ModelConfig;

/**
 * One point of the grid over which policies are held to their rules.
 *
 * @param policy its name
 * @param changes of its settings: {@code key=value key=value}
 * @param newTokens tokens generated after the prompt
 */
record PolicyCase(
    String policy,
    String changes,
    PromptShape prompt,
    int newTokens,
    int numLayers,
    int headSize,
    int group,
    int numKvHeads,
    KvType kvType,
    ComputeType computeType) {
  private static final int NEW_TOKENS = 45;

  private static final Map<String, List<String>> CHANGES = new LinkedHashMap<>();

  static {
    CHANGES.put("full", List.of(""));
    CHANGES.put(
        "pyramid",
        List.of(
            "min_context=8",
            "min_context=0 prefill_decay=0.5 recent_ratio=0.1 exceed_length=5 per_kv_head=true",
            "min_context=0 prefill_schedule=constant protect=none sink_tokens=0 gen_decay=0.6",
            "layer_interval=2 prefill_decay=0.3 min_context=4 recent_ratio=0 exceed_length=1",
            "sink_tokens=30 min_context=0 prefill_decay=0.1 prefill_schedule=constant",
            "budget=0.5 min_context=6",
            "budget_tokens=30 min_context=0 prefill_schedule=linear per_kv_head=true"));
    CHANGES.put(
        "pyramid-plus",
        List.of(
            "first_layer=0",
            "first_layer=0 min_context=20 row_keep=0.6",
            "min_context=0 row_keep=0.8 first_layer=0 budget=0.3 window=10 smoothing=1 row_smoothing=9"
                + " budget_slope=0 per_kv_head=false",
            "min_context=0 row_keep=0.9 first_layer=0 budget=0.2 value_norm=false protect=none smoothing=4"
                + " row_smoothing=1 budget_slope=1",
            "row_keep=1 budget_tokens=25 sink_tokens=0",
            "min_context=0 first_layer=1 budget=0.7 row_keep=0.5 budget_slope=0.8"));
    CHANGES.put(
        "h2o",
        List.of(
            "budget=0.4",
            "budget_tokens=20",
            "budget_tokens=30 recent_ratio=0",
            "budget=0.5 recent_ratio=1"));
    CHANGES.put(
        "scissorhands",
        List.of(
            "budget=0.5",
            "budget=0.4 history=20 recent=4 drop=7",
            "budget_tokens=30 history=3 recent=1 drop=10",
            "budget_tokens=24 history=40 recent=20 drop=1"));
    CHANGES.put(
        "streaming-llm",
        List.of(
            "budget=0.4", "budget_tokens=30", "budget_tokens=20 sink_tokens=50", "sink_tokens=0"));
    CHANGES.put(
        "snapkv",
        List.of(
            "budget=0.4",
            "budget=0.3 window=8 pooling=max",
            "budget_tokens=40 kernel_size=1 window=4",
            "budget=0.1 kernel_size=4"));
    CHANGES.put(
        "pyramidkv",
        List.of("budget=0.4 window=8", "budget=0.7 window=16 beta=5", "budget=0.2 pooling=max"));
    CHANGES.put("tova", List.of("budget=0.4", "budget_tokens=20", "budget_tokens=1"));
  }

  private static final int[] PROMPTS = {200, 130, 64, 17, 1};
  private static final int[] LAYERS = {3, 1, 2};
  private static final int[] HEAD_SIZES = {64, 32, 80};
  private static final int[] GROUPS = {2, 3, 1};
  private static final int[] KV_HEADS = {2, 1, 3};

  /**
   * Repeatable cases: all settings of every policy come up {@code times} times, with prompts of
   * other lengths each time.
   */
  static List<PolicyCase> grid(int times) {
    Random random = new Random(11);
    List<PolicyCase> cases = new ArrayList<>();
    CHANGES.forEach(
        (policy, variants) -> {
          for (int time = 0; time < times; time++) {
            for (int i = 0; i < variants.size(); i++) {
              int tokens = PROMPTS[(i + 2 * time) % PROMPTS.length];
              cases.add(any(policy, variants.get(i), tokens, random));
            }
          }
        });
    return cases;
  }

  private static PolicyCase any(String policy, String changes, int tokens, Random random) {
    int from = random.nextInt(tokens + 1) / 3;
    int to = tokens - random.nextInt(tokens - from + 1) / 3;
    return new PolicyCase(
        policy,
        changes,
        random.nextBoolean() ? PromptShape.of(tokens) : new PromptShape(tokens, from, to),
        NEW_TOKENS,
        one(LAYERS, random),
        one(HEAD_SIZES, random),
        one(GROUPS, random),
        one(KV_HEADS, random),
        KvType.values()[random.nextInt(KvType.values().length)],
        ComputeType.values()[random.nextInt(ComputeType.values().length)]);
  }

  private static int one(int[] values, Random random) {
    return values[random.nextInt(values.length)];
  }

  /** Every settings of every policy, in one size, to run together. */
  static List<PolicyCase> company(KvType kvType, ComputeType computeType) {
    List<PolicyCase> cases = new ArrayList<>();
    CHANGES.forEach(
        (policy, variants) -> {
          for (String changes : variants) {
            int tokens = 20 + 37 * cases.size() % 110;
            PromptShape prompt = new PromptShape(tokens, cases.size() % 9, tokens - 5);
            cases.add(
                new PolicyCase(policy, changes, prompt, 14, 2, 64, 2, 2, kvType, computeType));
          }
        });
    return cases;
  }

  /** The same in every run; a hash code is not, since enums have their own in each JVM. */
  int seed() {
    return toString().hashCode();
  }

  CachePolicy cachePolicy() {
    Map<String, String> map = new LinkedHashMap<>();
    for (String change : changes.split(" ")) {
      if (!change.isEmpty()) {
        map.put(change.split("=")[0], change.split("=")[1]);
      }
    }
    return Policies.of(policy, map);
  }

  ModelConfig model() {
    int numHeads = group * numKvHeads;
    return new ModelConfig(
        "case",
        "llama",
        1,
        numHeads * headSize,
        numLayers,
        numHeads,
        numKvHeads,
        headSize,
        1,
        prompt.tokens() + newTokens + 1,
        1e-5f,
        10_000,
        List.of(),
        true);
  }
}
