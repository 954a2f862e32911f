package org.pyramidspark.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PyramidInfer with a budget in place of its decay. */
class PyramidBudgetTest {

  /** Changes of all settings but the budget. */
  @Provide
  Arbitrary<Map<String, String>> settings() {
    return RandomPolicies.changes("pyramid").map(PyramidBudgetTest::withoutBudget);
  }

  private static Map<String, String> withoutBudget(Map<String, String> changes) {
    Map<String, String> others = new LinkedHashMap<>(changes);
    others.keySet().removeIf(key -> key.startsWith("budget") || key.equals("prefill_decay"));
    return others;
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

  private static CachePolicy policy(Map<String, String> settings, String key, Object value) {
    Map<String, String> changes = new LinkedHashMap<>(settings);
    changes.put(key, String.valueOf(value));
    return Policies.of("pyramid", changes);
  }

  /** Rounding in one layer is passed on to all after it, so a plan is so much off at most. */
  @Property
  void theLayersKeepTheBudgetOnAverageAndNeverMoreThanTheyCanHelp(
      @ForAll("settings") Map<String, String> settings,
      @ForAll("prompts") PromptShape prompt,
      @ForAll @IntRange(min = 1, max = 40) int numLayers,
      @ForAll @IntRange(min = 1, max = 3200) int budget) {
    long kept =
        policy(settings, "budget_tokens", budget).prefill(prompt, numLayers).cachedEntries();
    long least = policy(settings, "budget_tokens", 1).prefill(prompt, numLayers).cachedEntries();
    long wanted = (long) numLayers * Math.min(budget, prompt.tokens());
    long rounding = numLayers * (numLayers + 1) / 2;

    assertThat(kept).isLessThanOrEqualTo(Math.max(wanted, least));
    assertThat(kept).isGreaterThanOrEqualTo(Math.max(wanted - rounding, least));
  }

  @Property
  void withALargerBudgetNoLayerKeepsLess(
      @ForAll("settings") Map<String, String> settings,
      @ForAll("prompts") PromptShape prompt,
      @ForAll @IntRange(min = 1, max = 40) int numLayers,
      @ForAll @DoubleRange(min = 0.01, max = 1) double one,
      @ForAll @DoubleRange(min = 0.01, max = 1) double other) {
    CachePolicy smaller = policy(settings, "budget", Math.min(one, other));
    PrefillPlan larger =
        policy(settings, "budget", Math.max(one, other)).prefill(prompt, numLayers);
    assertNoLayerKeepsLess(larger, smaller.prefill(prompt, numLayers));
    assertNoLayerKeepsLess(
        smaller.relaxed().prefill(prompt, numLayers), smaller.prefill(prompt, numLayers));
  }

  private static void assertNoLayerKeepsLess(PrefillPlan larger, PrefillPlan smaller) {
    for (int layer = 0; layer < smaller.layers().size(); layer++) {
      assertThat(larger.layer(layer).cached())
          .isGreaterThanOrEqualTo(smaller.layer(layer).cached());
      assertThat(larger.layer(layer).rows()).isGreaterThanOrEqualTo(smaller.layer(layer).rows());
    }
  }

  /** Where no layer comes to the least context, a budget does what the decay does by hand. */
  @ParameterizedTest
  @CsvSource({
    "0.9, cosine, 2000, 30",
    "0.45, cosine, 5000, 16",
    "0.98, constant, 1118, 30",
    "0.97, linear, 900, 24",
  })
  void theBudgetThatADecayKeepsGivesItsPlan(
      String decay, String schedule, int tokens, int numLayers) {
    Map<String, String> settings = Map.of("prefill_schedule", schedule, "min_context", "0");
    PrefillPlan byHand =
        policy(settings, "prefill_decay", decay).prefill(PromptShape.of(tokens), numLayers);
    int budget = (int) Math.ceilDiv(byHand.cachedEntries(), (long) numLayers);
    PrefillPlan found =
        policy(settings, "budget_tokens", budget).prefill(PromptShape.of(tokens), numLayers);
    for (int layer = 0; layer < numLayers; layer++) {
      assertThat(found.layer(layer).cached())
          .isCloseTo(byHand.layer(layer).cached(), within(2 + numLayers / 10));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0.3, 2000, 30",
    "0.5, 1000, 30",
    "0.7, 1000, 30",
    "0.9, 1000, 30",
    "0.5, 8000, 32",
    "0.3, 8000, 32",
    "0.7, 500, 16",
    "1, 1000, 30",
  })
  void thePublishedScheduleReachesTheBudgetsThatAreCompared(
      double budget, int tokens, int numLayers) {
    double kept =
        policy(Map.of(), "budget", budget)
            .prefill(PromptShape.of(tokens), numLayers)
            .keptFraction();
    assertThat(kept).isLessThanOrEqualTo(budget).isCloseTo(budget, within(0.01));
  }

  @ParameterizedTest
  @CsvSource({"60", "75", "80"})
  void aPromptOfAboutTheLeastContextStaysWhole(int tokens) {
    assertThat(policy(Map.of(), "budget", 0.1).prefill(PromptShape.of(tokens), 30).keptFraction())
        .isEqualTo(1);
  }
}
