package org.pyramidspark.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.cache.FullPolicy;
import org.pyramidspark.cache.PyramidPolicy;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.checkpoint.TinyModel;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.config.KvType;
import org.pyramidspark.config.Presets;
import org.pyramidspark.config.SamplingOptions;
import org.pyramidspark.tokens.Tokenizer;

/** Prompts that begin alike: computed and stored once, with the tokens that each has alone. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SharedPrefixTest {
  /** Bytes of a page of 64 entries in every layer and head: 2 layers, 2 heads of 16, float32. */
  private static final long PAGES_BYTES = 2 * 2 * 64 * 16 * 2 * 4;

  /** A prefix is shared in multiples of this. */
  private static final int UNIT = 128;

  private static final int[] DOCUMENTS = {1, 63, 64, 127, 128, 129, 200, 256, 300};
  private static final CachePolicy FULL = new FullPolicy();

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

  /** Has completed a row, since an engine's first runs alone and so shares with nobody. */
  private InferenceEngine engine(EngineOptions options) {
    InferenceEngine engine = InferenceEngine.open(checkpoint, tokenizer, options);
    run(engine, List.of(request(0, new int[] {5}, FULL, 1)));
    return engine;
  }

  /** The document's tokens, then the row's own: no two begin alike. */
  private static int[] prompt(int document, int own, int row) {
    int[] prompt = new Random(document).ints(document + own, 5, 100).toArray();
    int[] question = new Random(1000 + row).ints(own, 5, 100).toArray();
    System.arraycopy(question, 0, prompt, document, own);
    if (own > 0) {
      prompt[document] = 100 + row;
    }
    return prompt;
  }

  private static GenerationRequest request(int row, int[] prompt, CachePolicy policy, int tokens) {
    return new GenerationRequest(
        "row " + row, prompt, policy, SamplingOptions.greedy(), tokens, List.of(), true);
  }

  /** Rows of one document with so many tokens of their own each. */
  private static List<GenerationRequest> rows(int document, int newTokens, int... own) {
    return IntStream.range(0, own.length)
        .mapToObj(row -> request(row, prompt(document, own[row], row), FULL, newTokens))
        .toList();
  }

  private static Map<String, GenerationResult> run(
      InferenceEngine engine, List<GenerationRequest> requests) {
    Map<String, GenerationResult> results = new HashMap<>();
    engine
        .generate(requests.iterator())
        .forEachRemaining(
            result -> {
              assertThat(result.error()).isEmpty();
              results.put(result.id(), result);
            });
    assertThat(results).hasSize(requests.size());
    assertThat(engine.metrics().kvBytes()).isZero();
    return results;
  }

  /** One after the other: nobody is there to share with. */
  private Map<String, GenerationResult> alone(
      EngineOptions options, List<GenerationRequest> requests) {
    try (InferenceEngine engine = engine(options.withMaxSequences(1))) {
      return run(engine, requests);
    }
  }

  private static void assertSameTokens(
      Map<String, GenerationResult> results, Map<String, GenerationResult> expected) {
    expected.forEach(
        (id, result) -> assertThat(results.get(id).tokens()).as(id).isEqualTo(result.tokens()));
  }

  /** With own parts of no token, one, a few, a page; one prompt in a step, or all. */
  @ParameterizedTest
  @EnumSource
  void tokensAreThoseOfRowsAlone(KvType type) {
    EngineOptions defaults = EngineOptions.defaults();
    EngineOptions options = defaults.withTypes(defaults.computeType(), type);
    try (InferenceEngine alone = engine(options.withMaxSequences(1));
        InferenceEngine oneByOne = engine(options.withMaxBatchTokens(1));
        InferenceEngine together = engine(options)) {
      for (int document : DOCUMENTS) {
        List<GenerationRequest> requests = rows(document, 24, 0, 1, 9, 0, 64, 130, 1);
        Map<String, GenerationResult> expected = run(alone, requests);
        assertShares(oneByOne, requests, document, expected);
        assertShares(together, requests, document, expected);
      }
      assertThat(alone.metrics().sharedPromptTokens()).isZero();
    }
  }

  private static void assertShares(
      InferenceEngine engine,
      List<GenerationRequest> requests,
      int document,
      Map<String, GenerationResult> expected) {
    EngineMetrics before = engine.metrics();
    Map<String, GenerationResult> results = run(engine, requests);
    EngineMetrics after = engine.metrics();

    assertSameTokens(results, expected);
    int prompts = 0;
    int shared = 0;
    for (GenerationResult result : results.values()) {
      assertThat(result.sharedPromptTokens())
          .as("%s, %d tokens in common", result.id(), document)
          .isEqualTo(result.id().equals("row 0") ? 0 : shared(document, result.promptTokens()));
      prompts += result.promptTokens();
      shared += result.sharedPromptTokens();
    }
    assertThat(after.sharedPromptTokens() - before.sharedPromptTokens()).isEqualTo(shared);
    assertThat(after.prefillTokens() - before.prefillTokens()).isEqualTo(prompts - shared);
  }

  /** A row without own tokens computes its last all the same. */
  private static int shared(int document, int promptTokens) {
    return Math.min(document, promptTokens - 1) / UNIT * UNIT;
  }

  @Test
  void aSharedPageIsStoredOnce() {
    // Five pages a row, four of them the document's; new tokens fit into the fifth.
    List<GenerationRequest> requests = rows(256, 30, 10, 10, 10, 10, 10, 10);
    try (InferenceEngine engine = engine(EngineOptions.defaults())) {
      Map<String, GenerationResult> results = run(engine, requests);

      assertThat(engine.metrics().peakKvBytes()).isEqualTo((4 + 6) * PAGES_BYTES);
      assertThat(engine.metrics().sharedKvBytes()).isEqualTo(5 * 4 * PAGES_BYTES);
      assertThat(results.values())
          .allMatch(result -> result.peakKvBytes() == 5 * PAGES_BYTES)
          .allMatch(result -> result.fullKvBytes() == 5 * PAGES_BYTES);
    }
  }

  @Test
  void whatIsSharedLeavesRoomForMoreRows() {
    EngineOptions options = EngineOptions.defaults().withKvBudget(18 * PAGES_BYTES);
    List<GenerationRequest> unlike = new ArrayList<>();
    for (int row = 0; row < 6; row++) {
      int[] prompt = prompt(256, 10, 0);
      prompt[0] = 100 + row;
      unlike.add(request(row, prompt, FULL, 30));
    }
    try (InferenceEngine sharing = engine(options);
        InferenceEngine other = engine(options)) {
      run(sharing, rows(256, 30, 10, 10, 10, 10, 10, 10));
      run(other, unlike);

      assertThat(other.metrics().mostRunningSequences()).isEqualTo(3);
      assertThat(sharing.metrics().mostRunningSequences()).isGreaterThan(3);
      assertThat(sharing.metrics().peakKvBytes()).isLessThanOrEqualTo(18 * PAGES_BYTES);
    }
  }

  @Test
  void pagesOutliveTheRowThatComputedThem() {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int row = 0; row < 5; row++) {
      // The first rows end first; each later one may hold pages of all before it.
      requests.add(request(row, prompt(300, 1 + 40 * row, row), FULL, 20 + 30 * row));
    }
    EngineOptions options = EngineOptions.defaults();
    Map<String, GenerationResult> expected = alone(options, requests);
    for (int batchTokens : new int[] {1, 4096}) {
      try (InferenceEngine engine = engine(options.withMaxBatchTokens(batchTokens))) {
        assertSameTokens(run(engine, requests), expected);
        assertThat(engine.metrics().sharedPromptTokens()).isEqualTo(4 * 256);
      }
    }
  }

  @Test
  void rowsThatAreSetBackShareAnewAndHaveTheSameTokens() {
    // From five pages to eight each, so even with four in common they outgrow it.
    EngineOptions options = EngineOptions.defaults();
    int[] own = new int[10];
    Arrays.fill(own, 10);
    List<GenerationRequest> requests = rows(256, 200, own);
    Map<String, GenerationResult> expected = alone(options, requests);
    for (int pages : new int[] {8, 11, 15, 19}) {
      long budget = pages * PAGES_BYTES;
      try (InferenceEngine engine = engine(options.withKvBudget(budget))) {
        assertSameTokens(run(engine, requests), expected);
        assertThat(engine.metrics().peakKvBytes()).isLessThanOrEqualTo(budget);
        if (pages > 8) {
          assertThat(engine.metrics().setBacks()).isPositive();
          assertThat(engine.metrics().sharedPromptTokens()).isPositive();
        }
      }
    }
  }

  @Test
  void theLongestPrefixIsShared() {
    // Rows of two documents that begin alike, whose second half differs.
    List<GenerationRequest> requests = new ArrayList<>();
    for (int row = 0; row < 6; row++) {
      int[] prompt = prompt(400, 20, row);
      prompt[200] = 100 + row % 2;
      requests.add(request(row, prompt, FULL, 40));
    }
    try (InferenceEngine engine = engine(EngineOptions.defaults())) {
      Map<String, GenerationResult> results = run(engine, requests);
      assertSameTokens(results, alone(EngineOptions.defaults(), requests));
      assertThat(IntStream.range(0, 6).map(row -> results.get("row " + row).sharedPromptTokens()))
          .containsExactly(0, 128, 384, 384, 384, 384);
    }
  }

  @Test
  void prunedPromptsAreTheirOwn() {
    CachePolicy pyramid = new PyramidPolicy(Presets.load("llama2-7b"));
    List<GenerationRequest> requests = new ArrayList<>();
    for (int row = 0; row < 6; row++) {
      requests.add(request(row, prompt(256, 10, row), row % 2 == 0 ? pyramid : FULL, 30));
    }
    try (InferenceEngine engine = engine(EngineOptions.defaults())) {
      Map<String, GenerationResult> results = run(engine, requests);
      assertSameTokens(results, alone(EngineOptions.defaults(), requests));
      assertThat(IntStream.range(0, 6).map(row -> results.get("row " + row).sharedPromptTokens()))
          .containsExactly(0, 0, 0, 256, 0, 256);
    }
  }
}
