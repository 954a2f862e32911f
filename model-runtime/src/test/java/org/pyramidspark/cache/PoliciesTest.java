package org.pyramidspark.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.pyramidspark.errors.InvalidInputException;

/** What all policies have in common, whatever their settings. */
class PoliciesTest {
  static final List<String> NAMES = Policies.NAMES;

  /** Budgets up to this are simulated. */
  private static final int LONGEST = 5000;

  @Provide
  Arbitrary<CachePolicy> policies() {
    return RandomPolicies.any();
  }

  @Provide
  Arbitrary<PromptShape> prompts() {
    return Arbitraries.integers()
        .between(1, 3000)
        .flatMap(
            tokens ->
                Combinators.combine(
                        Arbitraries.integers().between(0, tokens),
                        Arbitraries.integers().between(0, tokens))
                    .as((a, b) -> new PromptShape(tokens, Math.min(a, b), Math.max(a, b))));
  }

  @Property
  void rowsThatLeaveALayerEnterTheNext(
      @ForAll("policies") CachePolicy policy,
      @ForAll("prompts") PromptShape prompt,
      @ForAll @IntRange(min = 1, max = 40) int numLayers) {
    PrefillPlan plan = policy.prefill(prompt, numLayers);
    assertThat(plan.promptTokens()).isEqualTo(prompt.tokens());
    assertThat(plan.layers()).hasSize(numLayers);
    int entering = prompt.tokens();
    for (LayerPlan layer : plan.layers()) {
      assertThat(layer.rows()).isEqualTo(entering);
      assertThat(layer.rowsOn()).isBetween(1, entering);
      assertThat(layer.cached()).isBetween(1, entering);
      entering = layer.rowsOn();
    }
    assertThat(plan.keptFraction()).isGreaterThan(0).isLessThanOrEqualTo(1);
    assertThat(plan.mostPages()).isGreaterThanOrEqualTo(plan.cachedPages());
  }

  /** A layer keeps its budget, but for what is protected; two policies keep it on average. */
  @Property
  void noLayerKeepsMoreThanItsBudget(
      @ForAll("policies") CachePolicy policy,
      @ForAll("prompts") PromptShape prompt,
      @ForAll @IntRange(min = 1, max = 40) int numLayers) {
    PrefillPlan plan = policy.prefill(prompt, numLayers);
    long budget = budget(policy, prompt.tokens());
    long all = numLayers * budget;
    switch (policy) {
      case FullPolicy full -> assertThat(plan.keepsAll()).isTrue();
      // Recent rows and a least context stay whatever the budget; see PyramidBudgetTest.
      case PyramidPolicy pyramid -> {}
      // Each layer's share is cut to a whole number.
      case PyramidKvPolicy pyramidKv ->
          assertThat(plan.cachedEntries()).isBetween(all - numLayers, all);
      case PyramidPlusPolicy plus ->
          assertThat(plan.cachedEntries())
              .isLessThanOrEqualTo(numLayers * Math.max(budget, protectedTokens(plus, prompt)));
      default ->
          assertThat(plan.layers())
              .allSatisfy(layer -> assertThat((long) layer.cached()).isEqualTo(budget));
    }
  }

  private static long budget(CachePolicy policy, int promptTokens) {
    int tokens = (int) policy.settings().getOrDefault("budget_tokens", promptTokens);
    double ratio = (double) policy.settings().getOrDefault("budget", 1.0);
    int least =
        policy instanceof PyramidPlusPolicy ? (int) policy.settings().get("min_context") : 1;
    return Math.min(
        promptTokens, tokens > 0 ? tokens : Math.max(least, (int) (ratio * promptTokens)));
  }

  /** All but the document's, and the newest token in any case. */
  private static int protectedTokens(CachePolicy policy, PromptShape prompt) {
    int before = protects(policy) ? prompt.documentFrom() : 0;
    return before + Math.max(1, after(policy, prompt));
  }

  private static int after(CachePolicy policy, PromptShape prompt) {
    return protects(policy) ? prompt.tokens() - prompt.documentTo() : 0;
  }

  private static boolean protects(CachePolicy policy) {
    return "all-but-document".equals(policy.settings().get("protect"));
  }

  /** The first rows of a plan are those of lowest positions, and the last of highest. */
  @Property
  void whatAlwaysStaysIsAmongTheFirstAndTheLast(
      @ForAll("policies") CachePolicy policy,
      @ForAll("prompts") PromptShape prompt,
      @ForAll @IntRange(min = 1, max = 40) int numLayers) {
    for (LayerPlan layer : policy.prefill(prompt, numLayers).layers()) {
      assertThat(layer.last()).isBetween(0, Math.min(layer.cached(), layer.rowsOn()));
      if (layer.dropsRows() || layer.dropsEntries()) {
        assertStays(policy, prompt, layer);
      }
    }
  }

  private static void assertStays(CachePolicy policy, PromptShape prompt, LayerPlan layer) {
    int budget = (int) budget(policy, prompt.tokens());
    int sinks = (int) policy.settings().getOrDefault("sink_tokens", 0);
    assertThat(layer.first())
        .isGreaterThanOrEqualTo(Math.min(sinks, mostSinks(policy, prompt, layer)));
    assertThat(layer.last()).isGreaterThanOrEqualTo(recent(policy, prompt.tokens(), budget));
    if (protects(policy)) {
      int before = Math.min(prompt.documentFrom(), layer.context());
      assertThat(layer.last()).isGreaterThanOrEqualTo(after(policy, prompt));
      assertThat(layer.first()).isGreaterThanOrEqualTo(before);
      assertThat(layer.contextOn()).isGreaterThanOrEqualTo(before);
      assertThat(layer.contextCached()).isGreaterThanOrEqualTo(before);
    }
  }

  /** Sinks leave room for what must stay at the end; of pyramid they are among what goes on. */
  private static int mostSinks(CachePolicy policy, PromptShape prompt, LayerPlan layer) {
    return policy instanceof PyramidPolicy
        ? layer.contextOn()
        : Math.min(
            layer.contextCached(),
            Math.max(0, layer.cached() - Math.max(1, after(policy, prompt))));
  }

  /** The newest tokens of the prompt that stay whatever their score. */
  private static int recent(CachePolicy policy, int promptTokens, int budget) {
    Map<String, Object> settings = policy.settings();
    return switch (policy) {
      case FullPolicy full -> promptTokens;
      case PyramidPolicy pyramid ->
          Math.min(promptTokens, (int) (promptTokens * (double) settings.get("recent_ratio")) + 1);
      case H2oPolicy h2o -> Math.max(1, (int) (budget * (double) settings.get("recent_ratio")));
      case ScissorhandsPolicy scissorhands -> Math.min(budget, (int) settings.get("recent"));
      case StreamingLlmPolicy streaming -> Math.max(1, budget - (int) settings.get("sink_tokens"));
      // Where the budget has no room for the window, it is shorter.
      case PyramidPlusPolicy plus -> 1;
      case SnapKvPolicy snapKv -> Math.min(budget, (int) settings.get("window"));
      case PyramidKvPolicy pyramidKv -> Math.min(budget, (int) settings.get("window"));
      case TovaPolicy tova -> 1;
    };
  }

  /** A plan says of each step what counting entries one by one says. */
  @Property
  void evictionsAreThoseOfASimulation(
      @ForAll("policies") CachePolicy policy,
      @ForAll("prompts") PromptShape prompt,
      @ForAll @IntRange(min = 1, max = 300) int steps) {
    if (policy.generation(prompt, 3, steps) instanceof EvictionPlan plan) {
      PrefillPlan prefill = policy.prefill(prompt, 3);
      for (int layer = 0; layer < 3; layer++) {
        int cached = prefill.layer(layer).cached();
        int budget = plan.budgets().get(layer);
        assertThat(plan.cached().get(layer)).isEqualTo(cached);
        int length = cached;
        int longest = cached;
        for (int step = 1; step <= steps; step++) {
          length++;
          longest = Math.max(longest, length);
          boolean over = length > budget;
          assertThat(plan.evicts(layer, step)).isEqualTo(over);
          length -= over ? plan.atOnce() : 0;
          assertThat(plan.added(layer, step)).isEqualTo(length - cached);
          assertThat(plan.mostAdded(layer, step)).isEqualTo(longest - cached);
          assertThat(length)
              .isBetween(Math.min(cached, plan.first() + plan.recent()), Math.max(cached, budget));
        }
      }
      assertObservesBeforeEvictions(plan, steps);
    }
  }

  /** Attention counts in the steps of the history, which ends where entries leave. */
  private static void assertObservesBeforeEvictions(EvictionPlan plan, int steps) {
    if (plan.budgets().getFirst() > LONGEST) {
      return; // the first eviction is too far to simulate
    }
    for (int step = 1; step <= steps; step++) {
      boolean expected =
          switch (plan.rule()) {
            case EvictionPlan.Rule.Oldest oldest -> false;
            case EvictionPlan.Rule.LeastAttended attended -> plan.evicts(0, step);
            case EvictionPlan.Rule.LeastAccumulated accumulated -> true;
            case EvictionPlan.Rule.LeastPersistent(int history) ->
                evictsWithin(plan, step, history, steps + LONGEST);
          };
      assertThat(plan.observes(0, step)).as("step %d", step).isEqualTo(expected);
    }
  }

  private static boolean evictsWithin(EvictionPlan plan, int step, int count, int horizon) {
    long end = Math.min((long) step + count, horizon);
    for (int later = step; later < end; later++) {
      if (plan.evicts(0, later)) {
        return true;
      }
    }
    return false;
  }

  @Property
  void compressionsAddWhatASimulationAdds(
      @ForAll("policies") CachePolicy policy,
      @ForAll("prompts") PromptShape prompt,
      @ForAll @IntRange(min = 1, max = 300) int steps) {
    if (policy.generation(prompt, 3, steps) instanceof CompressionPlan plan) {
      for (int layer = 0; layer < 3; layer++) {
        int added = 0;
        int most = 0;
        for (int step = 1; step <= steps; step++) {
          added++;
          most = Math.max(most, added);
          int of = layer;
          added -= plan.compressionAt(step).map(c -> c.candidates() - c.kept().get(of)).orElse(0);
          assertThat(plan.added(layer, step)).isEqualTo(added);
          assertThat(plan.mostAdded(layer, step)).isEqualTo(most);
        }
      }
    }
  }

  @Property
  void settingsOfAReportGiveThePolicyAgain(@ForAll("policies") CachePolicy policy)
      throws IOException, ClassNotFoundException {
    Map<String, String> changes = new LinkedHashMap<>();
    policy.settings().forEach((key, value) -> changes.put(key, String.valueOf(value)));
    assertThat(Policies.of(policy.name(), changes)).isEqualTo(policy);
    assertThat(copy(policy)).isEqualTo(policy);
  }

  /** As jobs send it to executors. */
  private static Object copy(CachePolicy policy) throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(policy);
    }
    try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return in.readObject();
    }
  }

  @ParameterizedTest
  @FieldSource("NAMES")
  void aPolicyHasItsName(String name) {
    assertThat(Policies.of(name, Map.of()).name()).isEqualTo(name);
    assertThat(Policies.ofNameOrPreset(name, Map.of())).isEqualTo(Policies.of(name, Map.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "h2o           | budget        | 0, -0.5, 1.01, half, NaN      | a number over 0 and at most 1",
        "tova          | budget_tokens | -1, 2.5, many, 2147483648     | a whole number from 0",
        "h2o           | recent_ratio  | -0.1, 1.5, some               | a number from 0 to 1",
        "scissorhands  | history       | 0, -4, 1.5                    | a whole number from 1",
        "scissorhands  | recent        | 0, all                        | a whole number from 1",
        "scissorhands  | drop          | 0, -1                         | a whole number from 1",
        "streaming-llm | sink_tokens   | -1, few                       | a whole number from 0",
        "snapkv        | window        | 0, wide                       | a whole number from 1",
        "snapkv        | kernel_size   | 0, -7                         | a whole number from 1",
        "snapkv        | pooling       | median, Mean                  | one of mean, max",
        "pyramidkv     | beta          | 0, 0.5                        | a whole number from 1",
        "pyramid-plus  | min_context   | -1, some                      | a whole number from 0",
        "pyramid-plus  | row_keep      | 0, 1.5                        | a number over 0",
        "pyramid-plus  | protect       | document, true                | one of all-but-document, none",
        "pyramid-plus  | per_kv_head   | yes, 1                        | one of true, false",
        "pyramid       | budget        | 0, 1.5, half                  | a number over 0 and at most 1",
        "pyramid       | protect       | document, true                | one of all-but-document, none",
        "pyramid       | per_kv_head   | yes, 1                        | one of true, false",
      })
  void aBadValueIsRefusedWithKeyValueAndAllowedRange(
      String policy, String key, String values, String allowed) {
    for (String value : Arrays.stream(values.split(",")).map(String::strip).toList()) {
      assertThatThrownBy(() -> Policies.of(policy, Map.of(key, value)))
          .as("%s: %s", key, value)
          .isInstanceOf(InvalidInputException.class)
          .message()
          .contains("Setting " + key, value, "give " + allowed)
          .matches("[^.]*(?:\\.\\d[^.]*)*\\.");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "snapkv, windo, window", "h2o, recent, recent_ratio", "tova, bugdet, budget",
    "scissorhands, histroy, history", "pyramidkv, betta, beta", "pyramid-plus, rowkeep, row_keep",
    "streaming-llm, sink_token, sink_tokens", "pyramid, protec, protect",
  })
  void anUnknownSettingIsRefusedWithTheNearestKnownOne(String policy, String key, String nearest) {
    assertThatThrownBy(() -> Policies.of(policy, Map.of(key, "1")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("'" + key + "'", "nearest is '" + nearest + "'");
  }

  @ParameterizedTest
  @CsvSource({"h20, h2o", "SnapKV, snapkv", "streaming, streaming-llm", "pyramid+, pyramid"})
  void anUnknownPolicyIsRefusedWithTheNearestKnownOne(String name, String nearest) {
    assertThatThrownBy(() -> Policies.of(name, Map.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("'" + name + "'", "nearest is '" + nearest + "'", "tova");
  }

  @ParameterizedTest
  @CsvSource({"h20, h2o", "llama2-7, llama2-7b", "constant, constant-0.95"})
  void anUnknownPolicyOrPresetIsRefusedWithTheNearestKnownOne(String name, String nearest) {
    assertThatThrownBy(() -> Policies.ofNameOrPreset(name, Map.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("'" + name + "'", "nearest is '" + nearest + "'");
  }

  @ParameterizedTest
  @CsvSource({"budget", "protect"})
  void theFullCacheHasNoSettings(String key) {
    assertThatThrownBy(() -> Policies.of("full", Map.of(key, "1")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("Policy full has no settings", key);
  }
}
