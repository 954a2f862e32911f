package org.pyramidspark.cache;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.pyramidspark.config.PyramidConfig;
import org.pyramidspark.config.Schedule;

class PyramidPolicyTest {

  @Provide
  Arbitrary<PyramidPolicy> policies() {
    var prefill =
        Combinators.combine(
                Arbitraries.doubles().between(0, 1),
                Arbitraries.doubles().between(0.01, 1),
                Arbitraries.of(Schedule.class),
                Arbitraries.integers().between(0, 100),
                Arbitraries.integers().between(1, 4),
                Arbitraries.integers().between(0, 8),
                Arbitraries.doubles().between(0.5, 2))
            .as(PyramidConfig.Prefill::new);
    var generation =
        Combinators.combine(
                Arbitraries.doubles().between(0, 1),
                Arbitraries.of(Schedule.class),
                Arbitraries.doubles().between(0.01, 1),
                Arbitraries.integers().between(1, 40))
            .as(PyramidConfig.Generation::new);
    return Combinators.combine(prefill, generation)
        .as((p, g) -> new PyramidPolicy(new PyramidConfig(p, g)));
  }

  @Property
  void layersHandOnNoMoreThanEntersAndKeepTheRecentRows(
      @ForAll("policies") PyramidPolicy policy,
      @ForAll @IntRange(min = 1, max = 3000) int promptTokens,
      @ForAll @IntRange(min = 1, max = 40) int numLayers) {
    PrefillPlan plan = policy.prefill(PromptShape.of(promptTokens), numLayers);
    assertThat(plan.layers()).hasSize(numLayers);
    int entering = promptTokens;
    for (LayerPlan layer : plan.layers()) {
      assertThat(layer.rows()).isEqualTo(entering);
      assertThat(layer.contextOn()).isBetween(0, layer.context());
      assertThat(layer.contextCached()).isEqualTo(layer.context());
      assertThat(layer.observation().rows()).isEqualTo(layer.last());
      entering = layer.rowsOn();
    }
    assertThat(plan.keptFraction()).isGreaterThan(0).isLessThanOrEqualTo(1);
  }

  /** Each generated entry is a candidate once at most, and before that is scored by r + 1 rows. */
  @Property
  void compressionsTakeDisjointCandidatesThatAreOldEnough(
      @ForAll("policies") PyramidPolicy policy,
      @ForAll @IntRange(min = 1, max = 500) int promptTokens) {
    int lastCandidate = -1;
    for (var compression :
        ((CompressionPlan) policy.generation(PromptShape.of(promptTokens), 4, 400))
            .compressions()) {
      assertThat(compression.firstCandidate()).isGreaterThan(lastCandidate);
      lastCandidate = compression.endCandidate() - 1;
      assertThat(compression.step()).isEqualTo(lastCandidate + compression.recent() + 1);
      assertThat(compression.kept())
          .allSatisfy(kept -> assertThat(kept).isBetween(1, compression.candidates()));
    }
  }
}
