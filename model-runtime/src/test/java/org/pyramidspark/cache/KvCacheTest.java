package org.pyramidspark.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.KvType;
import org.pyramidspark.config.ModelConfig;

class KvCacheTest {
  private static final int KV_HEADS = 2;

  @Provide
  Arbitrary<CachePolicy> policies() {
    return RandomPolicies.any();
  }

  /**
   * What a sequence is said to take at most is not exceeded, and reached but for a page of each
   * layer: layers are cut one after another, so the pages that they need for a moment do not meet.
   */
  @Property(tries = 300)
  void aSequenceTakesTheBytesForeseen(
      @ForAll("policies") CachePolicy policy,
      @ForAll @IntRange(min = 1, max = 700) int promptTokens,
      @ForAll @IntRange(min = 0, max = 300) int newTokens,
      @ForAll @IntRange(min = 1, max = 5) int numLayers) {
    PromptShape prompt = PromptShape.of(promptTokens);
    PrefillPlan prefill = policy.prefill(prompt, numLayers);
    GenerationPlan generation = policy.generation(prompt, numLayers, newTokens);
    ModelConfig model = model(numLayers);
    try (KvCache cache = new KvCache(model, KvType.INT8, ComputeType.FLOAT32);
        SequenceCache sequence = cache.newSequence()) {
      for (int layer = 0; layer < numLayers; layer++) {
        append(sequence.layer(layer), prefill.layer(layer).rows());
        cut(sequence.layer(layer), prefill.layer(layer).cached());
      }
      for (int step = 1; step <= newTokens; step++) {
        for (int layer = 0; layer < numLayers; layer++) {
          append(sequence.layer(layer), 1);
          cut(sequence.layer(layer), prefill.layer(layer).cached() + generation.added(layer, step));
        }
      }
      long most = cache.mostBytes(prefill, generation, newTokens);
      assertThat(cache.peakBytes()).isBetween(most - cache.bytes(numLayers), most);
      assertThat(cache.bytesInUse()).isEqualTo(sequence.bytes());
    }
  }

  /** As after a step that failed half-way. */
  @ParameterizedTest
  @EnumSource(ComputeType.class)
  void unroundedEntriesAreNoKvCacheAndEndWithTheSequence(ComputeType computeType) {
    try (KvCache cache = new KvCache(model(1), KvType.INT8, computeType)) {
      try (SequenceCache sequence = cache.newSequence()) {
        LayerCache unrounded = sequence.unrounded().orElseThrow();
        append(unrounded, 100);
        assertThat(unrounded.layout().type()).isEqualTo(computeType.kvType());
        assertThat(cache.unroundedBytes()).isEqualTo(unrounded.bytes()).isPositive();
        assertThat(cache.bytesInUse()).isEqualTo(sequence.bytes()).isZero();
      }
      assertThat(cache.unroundedBytes()).isZero();
    }
  }

  private static void append(LayerCache layer, int entries) {
    layer.append(new int[entries], 0, entries);
  }

  private static void cut(LayerCache layer, int entries) {
    layer.retain(0, layer.length(), IntStream.range(0, entries).toArray());
  }

  private static ModelConfig model(int numLayers) {
    return new ModelConfig(
        "case", "llama", 1, 8, numLayers, KV_HEADS, KV_HEADS, 4, 1, 2, 1e-5f, 1e4, List.of(), true);
  }
}
