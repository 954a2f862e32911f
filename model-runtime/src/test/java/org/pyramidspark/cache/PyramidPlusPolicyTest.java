package org.pyramidspark.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PyramidPlusPolicyTest {

  /** Changes of all settings, but with a share as the budget. */
  @Provide
  Arbitrary<Map<String, String>> settings() {
    return RandomPolicies.changes("pyramid-plus").map(changes -> with(changes, "budget_tokens", 0));
  }

  private static Map<String, String> with(Map<String, String> changes, String key, int value) {
    Map<String, String> changed = new LinkedHashMap<>(changes);
    changed.put(key, String.valueOf(value));
    return changed;
  }

  private static PrefillPlan plan(Map<String, String> changes, int tokens, int numLayers) {
    return Policies.of("pyramid-plus", changes).prefill(PromptShape.of(tokens), numLayers);
  }

  @Property
  void aShortPromptStaysWholeAndALongerOneIsNotLeftWithLess(
      @ForAll("settings") Map<String, String> settings,
      @ForAll @IntRange(min = 0, max = 200) int minContext,
      @ForAll @IntRange(min = 1, max = 400) int tokens,
      @ForAll @IntRange(min = 1, max = 40) int numLayers) {
    PrefillPlan plan = plan(with(settings, "min_context", minContext), tokens, numLayers);

    assertThat(plan.keepsAll() || tokens > minContext).isTrue();
    assertThat(plan.layers())
        .allSatisfy(
            layer ->
                assertThat(layer.rowsOn()).isGreaterThanOrEqualTo(Math.min(tokens, minContext)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 16, 64})
  void thePromptsThatFillOnePageStayWholeByDefault(int tokens) {
    assertThat(plan(Map.of(), tokens, 30).keepsAll()).isTrue();
  }

  /** No step where the least context ends: a token more keeps a token more or less. */
  @Property
  void aTokenMoreChangesLittle(@ForAll @IntRange(min = 1, max = 3000) int tokens) {
    PrefillPlan plan = plan(Map.of(), tokens, 30);
    PrefillPlan longer = plan(Map.of(), tokens + 1, 30);
    for (int layer = 0; layer < 30; layer++) {
      assertThat(longer.layer(layer).cached() - plan.layer(layer).cached()).isBetween(-2, 2);
      assertThat(longer.layer(layer).rows() - plan.layer(layer).rows()).isBetween(-1, 1);
    }
  }

  @Property
  void longPromptsKnowNothingOfIt(@ForAll @IntRange(min = 200, max = 5000) int tokens) {
    assertThat(plan(Map.of(), tokens, 30)).isEqualTo(plan(Map.of("min_context", "0"), tokens, 30));
  }
}
