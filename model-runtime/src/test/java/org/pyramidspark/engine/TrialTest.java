package org.pyramidspark.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.cache.FullPolicy;
import org.pyramidspark.cache.Policies;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.checkpoint.TinyModel;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.config.KvType;
import org.pyramidspark.config.SamplingOptions;
import org.pyramidspark.engine.TrialResult.PathOutcome;
import org.pyramidspark.engine.TrialResult.PolicyTrial;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.tokens.TokenSpan;
import org.pyramidspark.tokens.Tokenizer;

/** Policies beside the full cache, token by token along the same paths. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TrialTest {
  private static final int NEW_TOKENS = 40;
  private static final int CONTEXT = TinyModel.standard().contextLength();

  private Checkpoint checkpoint;
  private Tokenizer tokenizer;
  private InferenceEngine engine;

  @BeforeAll
  void open(@TempDir Path folder) {
    checkpoint = Checkpoint.open(TinyModel.standard().write(folder.resolve("tiny.gguf")));
    tokenizer = Tokenizer.of(checkpoint.vocabulary());
    engine = open(EngineOptions.defaults());
  }

  @AfterAll
  void close() {
    engine.close();
    tokenizer.close();
    checkpoint.close();
  }

  private InferenceEngine open(EngineOptions options) {
    return InferenceEngine.open(checkpoint, tokenizer, options);
  }

  private static int[] prompt(int tokens) {
    return new Random(tokens).ints(tokens, 5, 200).toArray();
  }

  private static TrialRequest request(
      int[] prompt, List<CachePolicy> policies, TrialRequest.Path... paths) {
    return new TrialRequest(prompt, Optional.empty(), policies, List.of(paths));
  }

  private PathOutcome along(CachePolicy policy, int[] prompt, TrialRequest.Path path) {
    return engine
        .trial(request(prompt, List.of(policy), path))
        .policies()
        .getFirst()
        .paths()
        .getFirst();
  }

  private int[] greedy(int[] prompt, CachePolicy policy) {
    GenerationRequest request =
        new GenerationRequest(
            "row", prompt, policy, SamplingOptions.greedy(), NEW_TOKENS, List.of(), true);
    return engine.generate(List.of(request).iterator()).next().tokens();
  }

  /** Each policy at about half of the prompt. */
  static List<CachePolicy> lossy() {
    Map<String, String> pyramid =
        Map.of("prefill_decay", "0.5", "min_context", "16", "per_kv_head", "true");
    return Policies.NAMES.stream()
        .filter(name -> !name.equals("full"))
        .map(name -> Policies.of(name, name.equals("pyramid") ? pyramid : Map.of()))
        .toList();
  }

  /** Each policy with settings under which nothing ever leaves. */
  static Stream<CachePolicy> lossless() {
    Map<String, String> plenty = Map.of("budget_tokens", "500");
    return Stream.of(
        Policies.of("full", Map.of()),
        Policies.of("pyramid", Map.of("prefill_decay", "1", "exceed_length", "1000")),
        Policies.of("pyramid-plus", Map.of("budget_tokens", "500", "row_keep", "1")),
        Policies.of("h2o", plenty),
        Policies.of("scissorhands", plenty),
        Policies.of("streaming-llm", plenty),
        Policies.of("snapkv", plenty),
        Policies.of("snapkv", Map.of("budget", "1")),
        Policies.of("pyramidkv", plenty),
        Policies.of("tova", plenty));
  }

  @ParameterizedTest
  @MethodSource("lossless")
  void aPolicyThatKeepsAllLosesNothing(CachePolicy policy) {
    for (int tokens : new int[] {1, 64, 200}) {
      TrialResult result =
          engine.trial(
              request(
                  prompt(tokens),
                  List.of(policy),
                  TrialRequest.Path.greedy(NEW_TOKENS),
                  TrialRequest.Path.along(prompt(30))));

      PolicyTrial trial = result.policies().getFirst();
      assertThat(trial.keptKvFraction()).isEqualTo(1);
      assertThat(trial.computedFraction()).isEqualTo(1);
      assertThat(trial.kvBytes()).isEqualTo(result.full().kvBytes());
      for (int path = 0; path < 2; path++) {
        PathOutcome full = result.full().paths().get(path);
        PathOutcome outcome = trial.paths().get(path);
        assertThat(Arrays.stream(outcome.divergence()).max().orElseThrow()).isLessThan(1e-9);
        assertThat(outcome.agreement()).isEqualTo(1);
        assertThat(outcome.meanSurprise()).isCloseTo(full.meanSurprise(), within(1e-5));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("lossy")
  void aPolicyThatDropsEntriesDiverges(CachePolicy policy) {
    TrialResult result =
        engine.trial(request(prompt(200), List.of(policy), TrialRequest.Path.greedy(NEW_TOKENS)));

    PolicyTrial trial = result.policies().getFirst();
    PathOutcome outcome = trial.paths().getFirst();
    assertThat(trial.keptKvFraction()).isBetween(0.1, 0.99);
    assertThat(trial.computedFraction()).isBetween(0.1, 1.0);
    assertThat(trial.kvBytes()).isLessThan(result.full().kvBytes());
    assertThat(outcome.divergence()).hasSize(NEW_TOKENS);
    assertThat(Arrays.stream(outcome.divergence()).min().orElseThrow()).isNotNegative();
    assertThat(outcome.meanDivergence()).isPositive();
    assertThat(outcome.agreement()).isBetween(0.0, 1.0);
  }

  @Test
  void theGreedyPathIsTheFullCachesOwnCompletion() {
    for (int tokens : new int[] {1, 65, 300}) {
      int[] prompt = prompt(tokens);
      PolicyTrial full =
          engine.trial(request(prompt, lossy(), TrialRequest.Path.greedy(NEW_TOKENS))).full();

      PathOutcome outcome = full.paths().getFirst();
      assertThat(outcome.tokens()).isEqualTo(greedy(prompt, new FullPolicy()));
      assertThat(outcome.divergence()).hasSize(NEW_TOKENS).containsOnly(0);
      assertThat(outcome.agreement()).isEqualTo(1);
      assertThat(full.keptKvFraction()).isEqualTo(1);
    }
  }

  @Test
  void aForcedPathIsFollowedAndThenTheFullCache() {
    int[] prompt = prompt(100);
    int[] forced = {7, 7, 9, 250, 3};

    assertThat(along(lossy().getFirst(), prompt, TrialRequest.Path.along(forced)).tokens())
        .isEqualTo(forced);
    int[] longer = along(lossy().getFirst(), prompt, new TrialRequest.Path(12, forced)).tokens();
    assertThat(Arrays.copyOf(longer, forced.length)).isEqualTo(forced);
    int[] on =
        greedy(
            IntStream.concat(Arrays.stream(prompt), Arrays.stream(forced)).toArray(),
            new FullPolicy());
    assertThat(Arrays.copyOfRange(longer, forced.length, 12)).isEqualTo(Arrays.copyOf(on, 7));
    int[] shorter = along(lossy().getFirst(), prompt, new TrialRequest.Path(2, forced)).tokens();
    assertThat(shorter).containsExactly(7, 7);
  }

  /** Divergence, agreement and surprise by their definitions, policy by policy, step by step. */
  @ParameterizedTest
  @MethodSource("lossy")
  void theNumbersAreThoseOfTheirDefinitions(CachePolicy policy) {
    int[] prompt = prompt(150);
    int[] forced = prompt(20);
    try (PlainLogits plain = new PlainLogits(checkpoint, EngineOptions.defaults())) {
      List<double[]> full = plain.along(new FullPolicy(), prompt, forced);
      List<double[]> pruned = plain.along(policy, prompt, forced);
      double surprise = 0;
      int agreements = 0;

      PathOutcome outcome = along(policy, prompt, TrialRequest.Path.along(forced));

      for (int i = 0; i < forced.length; i++) {
        assertThat(outcome.divergence()[i])
            .isCloseTo(PlainLogits.divergence(full.get(i), pruned.get(i)), within(1e-9));
        surprise -= Math.log(PlainLogits.softmax(pruned.get(i))[forced[i]]);
        agreements += PlainLogits.best(full.get(i)) == PlainLogits.best(pruned.get(i)) ? 1 : 0;
      }
      assertThat(outcome.surprise()).isCloseTo(surprise, within(1e-9));
      assertThat(outcome.agreements()).isEqualTo(agreements);
    }
  }

  @Test
  void thePathsOfOneTrialAreAsAlone() {
    int[] prompt = prompt(130);
    TrialRequest.Path[] paths = {
      TrialRequest.Path.greedy(NEW_TOKENS),
      TrialRequest.Path.along(prompt(10)),
      new TrialRequest.Path(25, prompt(5))
    };
    TrialResult together = engine.trial(request(prompt, lossy(), paths));

    for (int path = 0; path < paths.length; path++) {
      TrialResult alone = engine.trial(request(prompt, lossy(), paths[path]));
      assertSame(together.full().paths().get(path), alone.full().paths().getFirst());
      for (int policy = 0; policy < lossy().size(); policy++) {
        assertSame(
            together.policies().get(policy).paths().get(path),
            alone.policies().get(policy).paths().getFirst());
      }
    }
  }

  @Test
  void aPolicysNumbersDoNotDependOnTheOthersNorOnTheBudget() {
    int[] prompt = prompt(300);
    TrialRequest.Path[] paths = {
      TrialRequest.Path.greedy(NEW_TOKENS), TrialRequest.Path.along(prompt(90))
    };
    TrialRequest all = request(prompt, lossy(), paths);
    List<PolicyTrial> together = engine.trial(all).policies();

    for (int i = 0; i < lossy().size(); i++) {
      TrialRequest one = request(prompt, List.of(lossy().get(i)), paths);
      assertSame(together.get(i), engine.trial(one).policies().getFirst());
    }
    // 390 entries take 7 pages of 64 in each of 2 layers and 2 heads of 16, keys and values in
    // float32. Two paths take twice that of the full cache, and twice that of the largest other.
    long page = 2 * 2 * 64 * 16 * 2 * 4;
    for (long pages : new long[] {4 * 7, 5 * 7, 9 * 7}) {
      try (InferenceEngine little = open(EngineOptions.defaults().withKvBudget(pages * page))) {
        List<PolicyTrial> grouped = little.trial(all).policies();
        for (int i = 0; i < lossy().size(); i++) {
          assertSame(together.get(i), grouped.get(i));
        }
        assertThat(little.metrics().peakKvBytes()).isLessThanOrEqualTo(pages * page);
        assertThat(little.metrics().kvBytes()).isZero();
      }
    }
  }

  @Test
  void aTrialOfNoPolicyIsTheFullCacheAlone() {
    TrialResult result = engine.trial(request(prompt(9), List.of(), TrialRequest.Path.greedy(3)));

    assertThat(result.policies()).isEmpty();
    assertThat(result.full().paths().getFirst().tokens()).hasSize(3);
  }

  @Test
  void aDocumentsInstructionIsProtectedAsInGenerate() {
    CachePolicy policy = Policies.of("pyramid", Map.of("prefill_decay", "0.3"));
    int[] prompt = prompt(200);
    Optional<TokenSpan> document = Optional.of(new TokenSpan(10, 90));
    List<TrialRequest.Path> path = List.of(TrialRequest.Path.greedy(2));

    double kept =
        engine
            .trial(new TrialRequest(prompt, document, List.of(policy), path))
            .policies()
            .getFirst()
            .keptKvFraction();

    GenerationResult row =
        engine
            .generate(
                List.of(
                        new GenerationRequest(
                            "row",
                            prompt,
                            document,
                            policy,
                            SamplingOptions.greedy(),
                            2,
                            List.of(),
                            true))
                    .iterator())
            .next();
    assertThat(kept).isEqualTo(row.keptKvFraction()).isGreaterThan(0.5);
  }

  @Test
  void otherTypesOfCacheAreComparedWithTheFullCacheOfTheSameType() {
    for (KvType type : KvType.values()) {
      EngineOptions options = EngineOptions.defaults();
      try (InferenceEngine typed = open(options.withTypes(options.computeType(), type))) {
        TrialResult result =
            typed.trial(
                request(
                    prompt(100),
                    List.of(Policies.of("snapkv", Map.of("budget", "1"))),
                    TrialRequest.Path.greedy(NEW_TOKENS)));
        assertThat(result.policies().getFirst().paths().getFirst().meanDivergence())
            .isLessThan(1e-9);
      }
    }
  }

  @Test
  void rowsThatRunMeanwhileHaveTheSameTokens() throws Exception {
    Map<String, int[]> expected = tokens(engine);
    TrialRequest trial = request(prompt(250), lossy(), TrialRequest.Path.greedy(NEW_TOKENS));
    TrialResult alone = engine.trial(trial);
    try (ExecutorService callers = Executors.newFixedThreadPool(3)) {
      Future<Map<String, int[]>> rows = callers.submit(() -> tokens(engine));
      List<Future<TrialResult>> trials =
          Stream.generate(() -> callers.submit(() -> engine.trial(trial))).limit(4).toList();

      Map<String, int[]> results = rows.get();
      expected.forEach((id, tokens) -> assertThat(results.get(id)).as(id).isEqualTo(tokens));
      for (Future<TrialResult> result : trials) {
        for (int i = 0; i < lossy().size(); i++) {
          assertSame(result.get().policies().get(i), alone.policies().get(i));
        }
      }
    }
    assertThat(engine.metrics().kvBytes()).isZero();
  }

  private static Map<String, int[]> tokens(InferenceEngine engine) {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      CachePolicy policy = lossy().get(i % lossy().size());
      requests.add(
          new GenerationRequest(
              "row " + i,
              prompt(20 + 7 * i),
              policy,
              SamplingOptions.greedy(),
              60,
              List.of(),
              true));
    }
    List<GenerationResult> results = new ArrayList<>();
    engine.generate(requests.iterator()).forEachRemaining(results::add);
    return results.stream()
        .collect(Collectors.toMap(GenerationResult::id, GenerationResult::tokens));
  }

  /** Rows are set back and wait, rather than take what a trial is to have. */
  @Test
  void rowsAndTrialsKeepToTheBudgetTogether() throws Exception {
    Map<String, int[]> expected = tokens(engine);
    TrialRequest trial =
        request(prompt(150), List.of(lossy().getFirst()), TrialRequest.Path.greedy(NEW_TOKENS));
    TrialResult alone = engine.trial(trial);
    // 190 entries take 3 pages of 64 in each of 2 layers and 2 heads of 16, the longest row 5.
    long page = 2 * 2 * 64 * 16 * 2 * 4;
    for (int pages : new int[] {6, 7, 9, 14}) {
      try (InferenceEngine little = open(EngineOptions.defaults().withKvBudget(pages * page));
          ExecutorService callers = Executors.newFixedThreadPool(1)) {
        List<CompletableFuture<TrialResult>> trials =
            Stream.generate(() -> little.startTrial(trial)).limit(6).toList();
        Future<Map<String, int[]>> rows = callers.submit(() -> tokens(little));

        for (CompletableFuture<TrialResult> result : trials) {
          assertSame(result.get().policies().getFirst(), alone.policies().getFirst());
        }
        Map<String, int[]> results = rows.get();
        expected.forEach((id, tokens) -> assertThat(results.get(id)).as(id).isEqualTo(tokens));
        assertThat(little.metrics().peakKvBytes()).isLessThanOrEqualTo(pages * page);
        assertThat(little.metrics().kvBytes()).isZero();
      }
    }
  }

  @Test
  void theTimeOfTrialsIsCountedApartFromThatOfRows() {
    try (InferenceEngine fresh = open(EngineOptions.defaults())) {
      fresh.trial(request(prompt(50), lossy(), TrialRequest.Path.greedy(5)));
      EngineMetrics metrics = fresh.metrics();
      assertThat(metrics.trialNanos()).isPositive();
      assertThat(metrics.prefillTokens() + metrics.decodeTokens()).isZero();
      assertThat(metrics.prefillNanos() + metrics.decodeNanos() + metrics.decodeSteps()).isZero();
    }
  }

  @Test
  void whatCannotBeTriedIsRefusedInOneSentence() {
    assertRefused(request(new int[0], lossy(), TrialRequest.Path.greedy(1)), "empty");
    assertRefused(
        request(new int[CONTEXT], lossy(), TrialRequest.Path.greedy(1)),
        "context holds %d".formatted(CONTEXT));
    assertRefused(
        request(new int[CONTEXT - 3], lossy(), TrialRequest.Path.greedy(4)), "follow fewer");
    assertRefused(request(new int[] {1, 99999}, lossy(), TrialRequest.Path.greedy(1)), "99999");
    assertRefused(request(new int[] {1}, lossy(), TrialRequest.Path.greedy(0)), "1 or more");
    assertRefused(request(new int[] {1}, lossy()), "1 or more");
    assertRefused(
        request(new int[] {1}, lossy(), TrialRequest.Path.along(new int[] {3, 88888})), "88888");
    // The engine goes on.
    assertThat(greedy(prompt(5), new FullPolicy())).hasSize(NEW_TOKENS);
  }

  private void assertRefused(TrialRequest request, String complaint) {
    assertThatThrownBy(() -> engine.trial(request))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(complaint)
        .hasMessageMatching("[^.]+\\.");
  }

  @Test
  void aBudgetThatIsTooSmallIsNamed() {
    try (InferenceEngine little = open(EngineOptions.defaults().withKvBudget(100_000))) {
      TrialRequest request = request(prompt(300), lossy(), TrialRequest.Path.greedy(2));
      assertThatThrownBy(() -> little.trial(request))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("100000")
          .hasMessageMatching("[^.]+\\.");
    }
  }

  @Test
  void aClosedEngineTriesNothing() {
    InferenceEngine closed = open(EngineOptions.defaults());
    closed.close();

    assertThatThrownBy(
            () -> closed.trial(request(prompt(3), List.of(), TrialRequest.Path.greedy(1))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  private static void assertSame(PolicyTrial trial, PolicyTrial other) {
    assertThat(trial.keptKvFraction()).isEqualTo(other.keptKvFraction());
    assertThat(trial.computedFraction()).isEqualTo(other.computedFraction());
    assertThat(trial.kvBytes()).isEqualTo(other.kvBytes());
    assertThat(trial.paths()).hasSameSizeAs(other.paths());
    for (int path = 0; path < trial.paths().size(); path++) {
      assertSame(trial.paths().get(path), other.paths().get(path));
    }
  }

  private static void assertSame(PathOutcome outcome, PathOutcome other) {
    assertThat(outcome.tokens()).isEqualTo(other.tokens());
    assertThat(outcome.divergence()).isEqualTo(other.divergence());
    assertThat(outcome.agreements()).isEqualTo(other.agreements());
    assertThat(outcome.surprise()).isEqualTo(other.surprise());
  }
}
