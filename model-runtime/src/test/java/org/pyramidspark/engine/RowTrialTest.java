package org.pyramidspark.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
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
import org.junit.jupiter.params.provider.ValueSource;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.checkpoint.TinyModel;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.config.SamplingOptions;
import org.pyramidspark.engine.TrialResult.PathOutcome;
import org.pyramidspark.engine.TrialResult.PolicyTrial;
import org.pyramidspark.tokens.TokenSpan;
import org.pyramidspark.tokens.Tokenizer;

/** Rows that are tried beside the full cache while they are completed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RowTrialTest {
  private static final int TOKENS = 40;

  /** Keys and values of 64 entries in each of 2 layers and 2 heads of 16, in float32. */
  private static final long PAGES = 2 * 2 * 64 * 16 * 2 * 4;

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

  /** Notes what becomes of a row's trial. */
  private static final class Noted implements RowTrial {
    private final int numTokens;
    private final BooleanSupplier wanted;
    private final List<TrialResult> results = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private int drops;

    Noted(int numTokens, BooleanSupplier wanted) {
      this.numTokens = numTokens;
      this.wanted = wanted;
    }

    @Override
    public int numTokens() {
      return numTokens;
    }

    @Override
    public boolean isWanted() {
      return wanted.getAsBoolean();
    }

    @Override
    public synchronized void end(TrialResult result) {
      results.add(result);
    }

    @Override
    public synchronized void fail(String reason) {
      failures.add(reason);
    }

    @Override
    public synchronized void drop() {
      drops++;
    }

    synchronized PolicyTrial policy() {
      assertThat(failures).isEmpty();
      assertThat(drops).isZero();
      assertThat(results).hasSize(1);
      return results.getFirst().policies().getFirst();
    }
  }

  private static Noted wanted() {
    return new Noted(TOKENS, () -> true);
  }

  private static List<CachePolicy> policies() {
    return TrialTest.lossy();
  }

  static List<CachePolicy> everyPolicy() {
    return Stream.concat(policies().stream(), TrialTest.lossless()).toList();
  }

  private static int[] prompt(int tokens) {
    return new Random(tokens).ints(tokens, 5, 200).toArray();
  }

  private static GenerationRequest row(
      String id, int promptTokens, CachePolicy policy, int newTokens, Optional<RowTrial> trial) {
    return new GenerationRequest(
            id,
            prompt(promptTokens),
            Optional.of(new TokenSpan(3, promptTokens - 3)),
            policy,
            SamplingOptions.greedy(),
            newTokens,
            List.of(),
            true)
        .withTrial(trial);
  }

  private static TrialRequest alone(GenerationRequest row) {
    return new TrialRequest(
        row.promptTokens(),
        row.document(),
        List.of(row.policy()),
        List.of(TrialRequest.Path.greedy(TOKENS)));
  }

  private static List<GenerationResult> complete(
      InferenceEngine engine, List<GenerationRequest> rows) {
    List<GenerationResult> results = new ArrayList<>();
    engine.generate(rows.iterator()).forEachRemaining(results::add);
    return results;
  }

  private static void assertSame(PolicyTrial trial, PolicyTrial other) {
    assertThat(trial.keptKvFraction()).isEqualTo(other.keptKvFraction());
    assertThat(trial.computedFraction()).isEqualTo(other.computedFraction());
    assertThat(trial.kvBytes()).isEqualTo(other.kvBytes());
    PathOutcome outcome = trial.paths().getFirst();
    PathOutcome expected = other.paths().getFirst();
    assertThat(outcome.tokens()).isEqualTo(expected.tokens());
    assertThat(outcome.divergence()).isEqualTo(expected.divergence());
    assertThat(outcome.agreements()).isEqualTo(expected.agreements());
    assertThat(outcome.surprise()).isEqualTo(expected.surprise());
  }

  /** To the last bit, without computing the row's prompt once more. */
  @ParameterizedTest
  @MethodSource("everyPolicy")
  void aRowsTrialIsThatOfItsPromptAlone(CachePolicy policy) {
    for (int tokens : new int[] {7, 64, 200}) {
      for (int newTokens : new int[] {1, 5, 70}) {
        Noted trial = wanted();
        GenerationRequest row = row("row", tokens, policy, newTokens, Optional.of(trial));

        GenerationResult result = complete(engine, List.of(row)).getFirst();

        GenerationRequest untried = row.withTrial(Optional.empty());
        assertThat(result.tokens())
            .isEqualTo(complete(engine, List.of(untried)).getFirst().tokens());
        assertSame(trial.policy(), engine.trial(alone(row)).policies().getFirst());
        assertThat(trial.policy().prefillNanos()).isZero();
        assertThat(engine.metrics().kvBytes()).isZero();
      }
    }
  }

  /** Rows of all policies, every second one tried. */
  private static List<GenerationRequest> rows(Map<String, Noted> trials) {
    return IntStream.range(0, 24)
        .mapToObj(
            i -> {
              String id = "row " + i;
              Optional<RowTrial> trial = Optional.ofNullable(trials.get(id));
              return row(id, 20 + 9 * i, policies().get(i % policies().size()), 60, trial);
            })
        .toList();
  }

  private static Map<String, Noted> trials() {
    return IntStream.range(0, 12)
        .boxed()
        .collect(Collectors.toMap(i -> "row " + 2 * i, i -> wanted()));
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 12, 16, 24, 1000})
  void rowsTrialsAndForksKeepToTheBudgetTogether(int pages) {
    Map<String, Noted> trials = trials();
    List<GenerationRequest> untried = rows(Map.of());
    Map<String, int[]> expected =
        complete(engine, untried).stream()
            .collect(Collectors.toMap(GenerationResult::id, GenerationResult::tokens));
    try (InferenceEngine little = open(EngineOptions.defaults().withKvBudget(pages * PAGES))) {
      for (GenerationResult result : complete(little, rows(trials))) {
        assertThat(result.tokens()).as(result.id()).isEqualTo(expected.get(result.id()));
      }

      assertThat(little.metrics().peakKvBytes()).isLessThanOrEqualTo(pages * PAGES);
      assertThat(little.metrics().kvBytes()).isZero();
    }
    for (GenerationRequest row : untried) {
      if (trials.containsKey(row.id())) {
        PolicyTrial trial = trials.get(row.id()).policy();
        assertSame(trial, engine.trial(alone(row)).policies().getFirst());
      }
    }
    long computedTwice =
        trials.values().stream().filter(trial -> trial.policy().prefillNanos() > 0).count();
    if (pages == 1000) {
      assertThat(computedTwice).isZero();
    } else if (pages == 10) { // the longest trial takes all of them
      assertThat(computedTwice).isPositive();
    }
  }

  @Test
  void aTrialThatNobodyWantsAnyMoreIsDropped() {
    Noted first = new Noted(TOKENS, () -> false);
    CountDownLatch asked = new CountDownLatch(1);
    // Wanted when its prompt is computed, and not when its turn has come.
    Noted second =
        new Noted(
            TOKENS,
            () -> {
              boolean before = asked.getCount() > 0;
              asked.countDown();
              return before;
            });
    CachePolicy policy = policies().getFirst();

    List<GenerationResult> results =
        complete(
            engine,
            List.of(
                row("first", 90, policy, 9, Optional.of(first)),
                row("second", 90, policy, 9, Optional.of(second))));

    assertThat(results).hasSize(2).allSatisfy(row -> assertThat(row.tokens()).hasSize(9));
    for (Noted trial : List.of(first, second)) {
      assertThat(trial.drops).isOne();
      assertThat(trial.results).isEmpty();
      assertThat(trial.failures).isEmpty();
    }
    assertThat(engine.metrics().kvBytes()).isZero();
  }

  @Test
  void aRowThatCannotBeTriedIsCompletedNevertheless() {
    // The row takes 2 pages of its own, the full cache beside it 4.
    try (InferenceEngine little = open(EngineOptions.defaults().withKvBudget(5 * PAGES))) {
      Noted trial = wanted();
      GenerationResult result =
          complete(little, List.of(row("row", 250, policies().getFirst(), 3, Optional.of(trial))))
              .getFirst();

      assertThat(result.tokens()).hasSize(3);
      assertThat(trial.failures).singleElement().asString().contains("beside the full cache");
      assertThat(trial.results).isEmpty();
    }
  }

  @Test
  void aRowThatCannotBeCompletedIsNotTried() {
    Noted refused = wanted();
    Noted tooLarge = wanted();
    Noted closed = wanted();
    CachePolicy policy = policies().getFirst();
    InferenceEngine little = open(EngineOptions.defaults().withKvBudget(PAGES));
    List<GenerationResult> results =
        complete(
            little,
            List.of(
                row("refused", 9, policy, 0, Optional.of(refused)),
                row("large", 250, policy, 3, Optional.of(tooLarge))));
    little.close();
    results.addAll(complete(little, List.of(row("late", 9, policy, 3, Optional.of(closed)))));

    assertThat(results).hasSize(3).allSatisfy(row -> assertThat(row.error()).isPresent());
    for (Noted trial : List.of(refused, tooLarge, closed)) {
      assertThat(trial.failures).hasSize(1);
      assertThat(trial.results).isEmpty();
      assertThat(trial.drops).isZero();
    }
  }

  @Test
  void abandonedRowsLeaveNoTrial() throws InterruptedException {
    Map<String, Noted> trials = trials();
    try (InferenceEngine fresh = open(EngineOptions.defaults())) {
      try (ResultStream results = fresh.generate(rows(trials).iterator())) {
        results.next();
      }
      // The engine is free as soon as it is done with what was abandoned.
      complete(fresh, List.of(row("next", 20, policies().getFirst(), 3, Optional.empty())));
      while (fresh.metrics().kvBytes() > 0) {
        Thread.sleep(5);
      }
    }
    for (Noted trial : trials.values()) {
      assertThat(trial.results.size() + trial.drops + trial.failures.size()).isLessThan(2);
    }
  }

  @Test
  void rowsAndTrialsOfAnEngineThatClosesAreAllHandedOver() {
    Map<String, Noted> trials = trials();
    InferenceEngine closing = open(EngineOptions.defaults());
    ResultStream results = closing.generate(rows(trials).iterator());
    assertThat(results.hasNext()).isTrue();
    closing.close();

    int handed = 0;
    while (results.hasNext()) {
      results.next();
      handed++;
    }
    assertThat(handed).isEqualTo(24);
    for (Noted trial : trials.values()) {
      assertThat(trial.results.size() + trial.drops + trial.failures.size()).isOne();
    }
  }
}
