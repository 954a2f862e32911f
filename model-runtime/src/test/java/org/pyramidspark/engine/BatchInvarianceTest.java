package org.pyramidspark.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pyramidspark.RealModel;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.cache.Policies;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.config.EngineOptions.Kernel;
import org.pyramidspark.config.SamplingOptions;
import org.pyramidspark.tokens.Tokenizer;

/**
 * A sequence's tokens are the same alone, in any batch and in any order, with either kernel. Only
 * where the two best logits nearly tie may another order of summing choose otherwise.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BatchInvarianceTest {
  private static final int NEW_TOKENS = 32;
  private static final int[] PROMPT_LENGTHS = {1, 5, 64, 130, 257};

  /**
   * Not scissorhands: whether an entry counts as important is decided by a limit, on whose other
   * side rounding puts some of the millions of probabilities.
   */
  private static final List<String> OTHERS =
      List.of("pyramid-plus", "h2o", "streaming-llm", "snapkv", "pyramidkv", "tova");

  /** Logits are about 30; float32 sums over 576 and more terms in another order differ by 1e-4. */
  private static final float TIE = 1e-3f;

  private Checkpoint checkpoint;
  private Tokenizer tokenizer;
  private final List<GenerationRequest> requests = new ArrayList<>();
  private final Map<String, CacheTrace> alone = new HashMap<>();

  @BeforeAll
  void completeEachAlone() {
    checkpoint = Checkpoint.open(RealModel.path());
    tokenizer = Tokenizer.of(checkpoint.vocabulary());
    int[] text = golden("harbour", "full").tokens();
    List<CachePolicy> presets =
        Stream.of("full", "llama2-7b", "generation-only")
            .map(preset -> golden("harbour", preset).policy())
            .toList();
    try (CacheTracer tracer =
        CacheTracer.open(checkpoint, EngineOptions.defaults().withKernel(Kernel.VECTOR))) {
      for (int length : PROMPT_LENGTHS) {
        for (CachePolicy policy : presets) {
          String id = policy.name() + presets.indexOf(policy) + "/" + length;
          add(id, Arrays.copyOf(text, length), policy, tracer);
        }
      }
      for (String name : OTHERS) {
        CachePolicy policy = Policies.of(name, Map.of("budget", "0.6"));
        add(name, Arrays.copyOf(text, 90), policy, tracer);
      }
    }
  }

  private void add(String id, int[] prompt, CachePolicy policy, CacheTracer tracer) {
    requests.add(greedy(id, prompt, policy));
    alone.put(id, tracer.trace(new CacheTracer.Request(prompt, policy, NEW_TOKENS)));
  }

  @AfterAll
  void close() {
    tokenizer.close();
    checkpoint.close();
  }

  private static GoldenCase golden(String prompt, String preset) {
    return GoldenCase.all().stream()
        .filter(golden -> golden.prompt().equals(prompt))
        .filter(golden -> golden.isOf(preset))
        .findFirst()
        .orElseThrow();
  }

  private static GenerationRequest greedy(String id, int[] prompt, CachePolicy policy) {
    return new GenerationRequest(
        id, prompt, policy, SamplingOptions.greedy(), NEW_TOKENS, List.of(), true);
  }

  static Stream<Arguments> mixes() {
    return Stream.of(
        Arguments.of(Kernel.VECTOR, 1, 4096, 1L),
        Arguments.of(Kernel.VECTOR, 2, 4096, 2L),
        Arguments.of(Kernel.VECTOR, 5, 300, 3L),
        Arguments.of(Kernel.VECTOR, 15, 4096, 4L),
        Arguments.of(Kernel.SCALAR, 4, 200, 5L));
  }

  @ParameterizedTest
  @MethodSource("mixes")
  void tokensDoNotDependOnTheBatch(
      Kernel kernel, int maxSequences, int maxBatchTokens, long order) {
    EngineOptions options =
        EngineOptions.defaults()
            .withKernel(kernel)
            .withThreads(2)
            .withMaxSequences(maxSequences)
            .withMaxBatchTokens(maxBatchTokens);
    List<GenerationRequest> shuffled = new ArrayList<>(requests);
    Collections.shuffle(shuffled, new Random(order));
    try (InferenceEngine engine = InferenceEngine.open(checkpoint, tokenizer, options)) {
      List<GenerationResult> results = new ArrayList<>();
      engine.generate(shuffled.iterator()).forEachRemaining(results::add);
      assertThat(results)
          .extracting(GenerationResult::id)
          .containsExactlyInAnyOrderElementsOf(alone.keySet());
      results.forEach(this::assertSameAsAlone);
      assertThat(engine.metrics().kvBytes()).isZero();
      assertThat(engine.metrics().peakKvBytes())
          .isGreaterThanOrEqualTo(
              results.stream().mapToLong(GenerationResult::peakKvBytes).max().orElseThrow());
    }
  }

  private void assertSameAsAlone(GenerationResult result) {
    assertThat(result.finishReason()).isEqualTo(FinishReason.LENGTH);
    List<CacheTrace.Step> steps = alone.get(result.id()).steps();
    for (int i = 0; i < NEW_TOKENS && steps.get(i).topGap() > TIE; i++) {
      assertThat(result.tokens()[i])
          .as("token %d of %s", i, result.id())
          .isEqualTo(steps.get(i).token());
    }
  }

  /** A row's random numbers are its own: the same seed gives the same tokens in any company. */
  @Test
  void sampledTokensDependOnTheSeedOnly() {
    SamplingOptions sampling = new SamplingOptions(0.8f, 40, 0.95f, 42);
    List<int[]> draws = new ArrayList<>();
    for (int maxSequences : new int[] {1, 8}) {
      EngineOptions options = EngineOptions.defaults().withMaxSequences(maxSequences);
      try (InferenceEngine engine = InferenceEngine.open(checkpoint, tokenizer, options)) {
        List<GenerationRequest> sampled =
            requests.stream()
                .limit(9)
                .map(
                    r ->
                        new GenerationRequest(
                            r.id(), r.promptTokens(), r.policy(), sampling, 8, List.of(), true))
                .toList();
        Map<String, int[]> tokens = new HashMap<>();
        engine.generate(sampled.iterator()).forEachRemaining(r -> tokens.put(r.id(), r.tokens()));
        draws.add(tokens.get(requests.get(7).id()));
      }
    }
    assertThat(draws.get(1)).isEqualTo(draws.get(0));
  }
}
