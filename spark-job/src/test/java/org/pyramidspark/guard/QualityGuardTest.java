package org.pyramidspark.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.cache.Policies;
import org.pyramidspark.errors.InvalidInputException;

class QualityGuardTest {
  static final Iterable<String> NAMES = Policies.NAMES;
  private static final double LIMIT = 0.05;
  private static final double SHARE = 0.02;

  private static QualityGuard guard(CachePolicy policy) {
    return new QualityGuard(
        new GuardSettings(LIMIT, SHARE, 32, 7), policy, InstantSource.fixed(Instant.EPOCH));
  }

  private static CachePolicy tenth() {
    return Policies.of("snapkv", Map.of("budget", "0.1"));
  }

  /** Runs rows of which each loses what its level says, give or take half. */
  private static List<String> run(QualityGuard guard, int rows, double... lossOfLevels)
      throws InterruptedException {
    Random random = new Random(3);
    List<String> tried = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      String id = "row " + i;
      QualityGuard.Begun row = guard.begin(id);
      if (row.tried()) {
        tried.add(id);
        double loss = lossOfLevels[Math.min(row.level().number(), lossOfLevels.length - 1)];
        guard.add(row.level(), id, loss * (0.5 + random.nextDouble()));
      }
    }
    return tried;
  }

  private static Estimate loss(QualityGuard guard, int level) {
    return guard.reading().levels().get(level).loss();
  }

  @Test
  void absurdSettingsAreRelaxedWithinTwentyRows() throws InterruptedException {
    QualityGuard guard = guard(tenth());
    run(guard, 20, 1.5, 0.3, 0.01);

    assertThat(guard.level().number()).isEqualTo(2);
    assertThat(guard.level().policy().settings()).containsEntry("budget", 0.775);
    assertThat(guard.reading().decisions())
        .hasSize(2)
        .allSatisfy(decision -> assertThat(decision.loss().low()).isGreaterThan(LIMIT))
        .allSatisfy(decision -> assertThat(decision.time()).isEqualTo(Instant.EPOCH))
        .extracting(GuardDecision::level)
        .containsExactly(1, 2);
    assertThat(guard.reading().decisions().getFirst().afterRows()).isEqualTo(4);
    assertThat(guard.reading().decisions().getFirst().rowId()).isEqualTo("row 3");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.001, 0.02, 0.045})
  void mildSettingsAreLeftAlone(double loss) throws InterruptedException {
    QualityGuard guard = guard(tenth());
    run(guard, 2_000, loss);

    assertThat(guard.reading().decisions()).isEmpty();
    assertThat(loss(guard, 0).mean()).isCloseTo(loss, within(0.2 * loss));
  }

  @Test
  void aShareOfTheRowsIsTriedAfterTheFirst() throws InterruptedException {
    int rows = 10_000;
    int tried = run(guard(tenth()), rows, 0.001).size();

    // Five standard deviations of a binomial count.
    double deviation = Math.sqrt(rows * SHARE * (1 - SHARE));
    assertThat((double) tried).isCloseTo(rows * SHARE, within(5 * deviation + 4));
  }

  @Test
  void theSameRowsAreTriedInEveryRun() throws InterruptedException {
    List<String> tried = run(guard(tenth()), 500, 0.001);
    assertThat(tried).hasSizeGreaterThan(4).isEqualTo(run(guard(tenth()), 500, 0.001));
  }

  @Test
  void theFullCacheIsNeverTried() throws InterruptedException {
    assertThat(run(guard(Policies.of("full", Map.of())), 100, 9)).isEmpty();
  }

  @Test
  void withoutALimitNothingIsTried() throws InterruptedException {
    assertThat(run(new QualityGuard(GuardSettings.OFF, tenth()), 100, 9)).isEmpty();
  }

  @Test
  void whatWasTriedUnderEarlierSettingsCountsForThese() throws InterruptedException {
    QualityGuard guard = guard(tenth());
    QualityGuard.Begun early = guard.begin("early");
    run(guard, 4, 1.5);
    assertThat(guard.level().number()).isEqualTo(1);

    assertThat(guard.add(early.level(), "early", 100)).isEmpty();

    assertThat(loss(guard, 0).rows()).isEqualTo(5);
    assertThat(loss(guard, 1).rows()).isZero();
    assertThat(guard.reading().decisions()).hasSize(1);
  }

  @Test
  void rowsWhoseTrialIsDroppedHoldUpNobodyAndCountForNothing() throws InterruptedException {
    QualityGuard guard = guard(tenth());
    for (int i = 0; i < 1000; i++) {
      QualityGuard.Begun row = guard.begin("row " + i);
      if (row.tried()) {
        guard.drop(row.level());
      }
    }

    assertThat(guard.reading().levels()).containsExactly(GuardReading.Trials.NONE);
    assertThat(run(guard, 20, 1.5)).isNotEmpty();
    assertThat(guard.level().number()).isPositive();
  }

  @Test
  void rowsThatCannotBeTriedHoldUpNobodyAndAreCounted() throws InterruptedException {
    QualityGuard guard = guard(tenth());
    int tried = 0;
    for (int i = 0; i < 1000; i++) {
      QualityGuard.Begun row = guard.begin("row " + i);
      if (row.tried()) {
        assertThat(guard.giveUp(row.level())).isEqualTo(tried == 0);
        tried++;
      }
    }

    assertThat(guard.reading().levels())
        .containsExactly(new GuardReading.Trials(Estimate.NONE, tried));
    assertThat(tried).isLessThan(70);
    assertThat(guard.reading().decisions()).isEmpty();
  }

  /** Results come late: nobody knows yet whether the settings will do. */
  @Test
  void fewRowsBeginBeforeTheirTrialsAreOver() throws InterruptedException {
    QualityGuard guard = guard(tenth());
    Queue<QualityGuard.Begun> begun = new ConcurrentLinkedQueue<>();
    Thread feeding = Thread.ofPlatform().start(() -> beginAll(guard, 20, begun));
    awaitWaiting(feeding);
    assertThat(begun).hasSize(7);
    List<QualityGuard.Begun> tried = begun.stream().filter(QualityGuard.Begun::tried).toList();
    assertThat(tried).hasSizeBetween(4, 7);

    tried.forEach(row -> guard.add(row.level(), "row", 0.001));

    feeding.join();
    assertThat(begun).hasSize(20);
  }

  @Test
  void whoWaitsCanBeInterrupted() throws InterruptedException {
    QualityGuard guard = guard(tenth());
    Thread feeding =
        Thread.ofPlatform().start(() -> beginAll(guard, 20, new ConcurrentLinkedQueue<>()));
    awaitWaiting(feeding);
    feeding.interrupt();
    feeding.join();
    assertThat(guard.reading().levels().getFirst().loss().rows()).isZero();
  }

  private static void beginAll(QualityGuard guard, int rows, Queue<QualityGuard.Begun> begun) {
    try {
      for (int i = 0; i < rows; i++) {
        begun.add(guard.begin("row " + i));
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }

  /** Tasks feed rows together, and one engine tries them, as it can. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7})
  void tasksShareAGuard(int numTasks) throws Exception {
    QualityGuard guard = guard(tenth());
    int rowsOfTask = 400;
    AtomicLong tried = new AtomicLong();
    AtomicLong[] rowsOfLevel = {new AtomicLong(), new AtomicLong(), new AtomicLong()};
    try (ExecutorService engine = Executors.newSingleThreadExecutor();
        ExecutorService tasks = Executors.newFixedThreadPool(numTasks)) {
      List<Future<?>> running = new ArrayList<>();
      for (int task = 0; task < numTasks; task++) {
        String name = "task " + task + " row ";
        running.add(
            tasks.submit(
                () -> {
                  for (int i = 0; i < rowsOfTask; i++) {
                    String id = name + i;
                    QualityGuard.Begun row = guard.begin(id);
                    rowsOfLevel[row.level().number()].incrementAndGet();
                    if (row.tried()) {
                      tried.incrementAndGet();
                      double loss = row.level().number() < 2 ? 1 + i % 2 : 0.001;
                      engine.submit(() -> guard.add(row.level(), id, loss));
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> task : running) {
        task.get();
      }
    }

    GuardReading reading = guard.reading();
    assertThat(reading.decisions()).extracting(GuardDecision::level).containsExactly(1, 2);
    assertThat(reading.levels().stream().mapToLong(level -> level.loss().rows()).sum())
        .isEqualTo(tried.get());
    assertThat(rowsOfLevel[0].get()).isLessThanOrEqualTo(20);
    assertThat(rowsOfLevel[1].get()).isLessThanOrEqualTo(20);
    assertThat(rowsOfLevel[2].get())
        .isEqualTo((long) numTasks * rowsOfTask - rowsOfLevel[0].get() - rowsOfLevel[1].get());
  }

  /** However bad it is, in the end nothing is compressed. */
  @ParameterizedTest
  @FieldSource("NAMES")
  void relaxingEndsWithTheFullCache(String name) {
    CachePolicy policy = Policies.of(name, Map.of());
    for (int i = 0; i < 30; i++) {
      policy = policy.relaxed();
    }
    assertThat(policy.name()).isEqualTo("full");
  }

  @Test
  void intervalsAreStudents() {
    Estimate estimate = Estimate.NONE.plus(1).plus(2).plus(Estimate.NONE.plus(3).plus(4));
    assertThat(estimate.mean()).isEqualTo(2.5);
    // t with 3 degrees of freedom is 3.182446, the standard deviation sqrt(5/3).
    assertThat(estimate.halfWidth()).isCloseTo(3.182446 * Math.sqrt(5.0 / 3 / 4), within(1e-5));
    assertThat(Estimate.NONE.plus(1).halfWidth()).isInfinite();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0.1, 8, --guard",
    "-1, 0.1, 8, --guard",
    "NaN, 0.1, 8, --guard",
    "0.05, 0, 8, --guard-share",
    "0.05, 1.1, 8, --guard-share",
    "0.05, 0.1, 0, --guard-tokens"
  })
  void badSettingsAreRefused(double limit, double share, int tokens, String option) {
    assertThatThrownBy(() -> new GuardSettings(limit, share, tokens, 0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(option);
  }
}
