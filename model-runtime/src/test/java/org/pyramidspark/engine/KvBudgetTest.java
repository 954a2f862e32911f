package org.pyramidspark.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.cache.EvictionPlan;
import org.pyramidspark.cache.FullPolicy;
import org.pyramidspark.cache.Policies;
import org.pyramidspark.cache.PromptShape;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.checkpoint.TinyModel;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.config.KvType;
import org.pyramidspark.config.SamplingOptions;
import org.pyramidspark.tokens.Tokenizer;

/** What a limit of the KV memory changes: how many run at once, and nothing else. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KvBudgetTest {
  static final List<String> POLICIES = Policies.NAMES;

  private static final int ROWS = 14;
  private static final int NEW_TOKENS = 200;

  /** A page of one KV head: 64 entries of 16 dimensions, keys and values; 2 layers, 2 heads. */
  private static final long PAGES_BYTES = 4 * 64 * 16 * 2 * 4;

  private Checkpoint checkpoint;
  private Tokenizer tokenizer;

  @BeforeAll
  void open(@TempDir Path folder) {
    checkpoint = Checkpoint.open(TinyModel.standard().write(folder.resolve("tiny.gguf")));
    tokenizer = Tokenizer.of(checkpoint.vocabulary());
  }

  @AfterAll
  void close() {
    tokenizer.close();
    checkpoint.close();
  }

  /** Those that stay at their budget get one that rows outgrow while they generate. */
  private static CachePolicy policy(String name) {
    boolean bounded =
        Policies.of(name, Map.of()).generation(PromptShape.of(100), 2, 1) instanceof EvictionPlan;
    return Policies.of(name, bounded ? Map.of("budget_tokens", "200") : Map.of());
  }

  private static List<GenerationRequest> requests(String policy) {
    Random random = new Random(7);
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      int[] prompt = random.ints(1 + random.nextInt(150), 5, 100).toArray();
      requests.add(request("row " + i, prompt, policy(policy)));
    }
    return requests;
  }

  private static GenerationRequest request(String id, int[] prompt, CachePolicy policy) {
    return new GenerationRequest(
        id, prompt, policy, SamplingOptions.greedy(), NEW_TOKENS, List.of(), true);
  }

  private Map<String, GenerationResult> run(InferenceEngine engine, String policy) {
    List<GenerationResult> results = new ArrayList<>();
    ResultStream stream = engine.generate(requests(policy).iterator());
    stream.forEachRemaining(results::add);
    assertThat(results).hasSize(ROWS);
    // Whether rows were set back or not.
    assertThat(stream.computed())
        .isEqualTo(
            new ComputedTokens(
                ROWS,
                results.stream().mapToLong(GenerationResult::promptTokens).sum(),
                results.stream().mapToLong(GenerationResult::generatedTokens).sum()));
    return results.stream().collect(Collectors.toMap(GenerationResult::id, Function.identity()));
  }

  @ParameterizedTest
  @FieldSource("POLICIES")
  void aRowThatWasSetBackHasTheSameTokens(String policy) {
    // Six pages hold the longest row alone; three times that, a few at once, which outgrow it.
    long budget = 18 * PAGES_BYTES;
    EngineOptions options = EngineOptions.defaults();
    try (InferenceEngine plenty = InferenceEngine.open(checkpoint, tokenizer, options);
        InferenceEngine little =
            InferenceEngine.open(checkpoint, tokenizer, options.withKvBudget(budget))) {
      Map<String, GenerationResult> expected = run(plenty, policy);
      Map<String, GenerationResult> results = run(little, policy);

      expected.forEach(
          (id, result) -> {
            assertThat(results.get(id).error()).isEmpty();
            assertThat(results.get(id).tokens()).as(id).isEqualTo(result.tokens());
          });
      assertThat(expected.values()).allMatch(result -> result.retries().isEmpty());
      assertThat(results.values().stream().flatMap(result -> result.retries().stream()).distinct())
          .containsExactly(RetryStep.SET_BACK);
      assertThat(plenty.metrics().setBacks()).isZero();
      assertThat(little.metrics().setBacks()).isPositive();
      assertThat(little.metrics().peakKvBytes()).isLessThanOrEqualTo(budget);
      assertThat(little.metrics().mostRunningSequences())
          .isLessThan(plenty.metrics().mostRunningSequences());
      assertThat(little.metrics().kvBytes()).isZero();
    }
  }

  @ParameterizedTest
  @FieldSource("POLICIES")
  void noRowTakesMoreThanWasForeseen(String policy) {
    // Just what the longest row takes: every row runs alone, and fits.
    int longest =
        requests(policy).stream().mapToInt(row -> row.promptTokens().length).max().orElseThrow();
    long budget = Math.ceilDiv(longest + NEW_TOKENS - 1, 64) * PAGES_BYTES;
    try (InferenceEngine engine =
        InferenceEngine.open(
            checkpoint, tokenizer, EngineOptions.defaults().withKvBudget(budget))) {
      assertThat(run(engine, policy).values()).allMatch(result -> result.error().isEmpty());
      assertThat(engine.metrics().peakKvBytes()).isLessThanOrEqualTo(budget);
    }
  }

  @Test
  void aRowThatNeverFitsIsAnErrorThatNamesItsBytes() {
    long budget = 4 * PAGES_BYTES;
    try (InferenceEngine engine =
        InferenceEngine.open(
            checkpoint, tokenizer, EngineOptions.defaults().withKvBudget(budget))) {
      GenerationResult fits = complete(engine, 10);
      GenerationResult tooLong = complete(engine, 100);

      assertThat(fits.error()).isEmpty();
      assertThat(tooLong.finishReason()).isEqualTo(FinishReason.ERROR);
      assertThat(tooLong.error().orElseThrow())
          .contains(Long.toString(5 * PAGES_BYTES), Long.toString(budget));
    }
  }

  private static GenerationResult complete(InferenceEngine engine, int promptTokens) {
    return complete(engine, request("row", prompt(promptTokens), new FullPolicy()));
  }

  private static GenerationResult complete(InferenceEngine engine, GenerationRequest request) {
    return engine.generate(List.of(request).iterator()).next();
  }

  private static int[] prompt(int tokens) {
    int[] prompt = new int[tokens];
    Arrays.fill(prompt, 9);
    return prompt;
  }

  private static CachePolicy ofTokens(int budget) {
    return Policies.of("streaming-llm", Map.of("budget_tokens", Integer.toString(budget)));
  }

  @Test
  void aRowThatNeverFitsFallsBackToAPolicyThatDoes() {
    EngineOptions options = EngineOptions.defaults().withKvBudget(4 * PAGES_BYTES);
    try (InferenceEngine engine = InferenceEngine.open(checkpoint, tokenizer, options)) {
      GenerationResult small = complete(engine, request("row", prompt(100), ofTokens(64)));
      ResultStream stream =
          engine.generate(
              List.of(
                      request("row", prompt(100), new FullPolicy())
                          .withFallback(Optional.of(ofTokens(64))))
                  .iterator());
      GenerationResult fallen = stream.next();
      GenerationResult stillTooLarge =
          complete(
              engine,
              request("row", prompt(600), new FullPolicy())
                  .withFallback(Optional.of(ofTokens(500))));

      assertThat(small.retries()).isEmpty();
      assertThat(fallen.tokens()).isEqualTo(small.tokens());
      assertThat(fallen.retries()).containsExactly(RetryStep.COMPRESSED);
      assertThat(stream.computed()).isEqualTo(new ComputedTokens(1, 100, NEW_TOKENS));
      assertThat(stillTooLarge.retries()).containsExactly(RetryStep.COMPRESSED);
      assertThat(stillTooLarge.error().orElseThrow())
          .contains("under policy streaming-llm", Long.toString(4 * PAGES_BYTES));
      assertThat(engine.metrics().kvBytes()).isZero();
    }
  }

  @Test
  void pagesOfSmallerTypesLeaveRoomForMoreRows() {
    EngineOptions options = EngineOptions.defaults().withKvBudget(18 * PAGES_BYTES);
    try (InferenceEngine wide = InferenceEngine.open(checkpoint, tokenizer, options);
        InferenceEngine narrow =
            InferenceEngine.open(
                checkpoint, tokenizer, options.withTypes(options.computeType(), KvType.BFLOAT16))) {
      run(wide, "full");
      run(narrow, "full");
      assertThat(narrow.metrics().mostRunningSequences())
          .isGreaterThan(wide.metrics().mostRunningSequences());
    }
  }
}
