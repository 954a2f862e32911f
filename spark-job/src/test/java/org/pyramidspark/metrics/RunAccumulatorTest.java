package org.pyramidspark.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskContext$;
import org.apache.spark.util.AccumulatorContext;
import org.apache.spark.util.AccumulatorMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pyramidspark.engine.FinishReason;
import org.pyramidspark.guard.Estimate;
import org.pyramidspark.guard.GuardDecision;
import org.pyramidspark.guard.GuardReading;
import org.pyramidspark.metrics.EngineReading.Counters;
import org.pyramidspark.op.StepPart;
import org.pyramidspark.prompts.RowError;
import org.pyramidspark.quality.Rouge;
import scala.Option;

class RunAccumulatorTest {
  private static final int NUM_ROWS = 1000;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 100})
  void totalsAreTheSameHoweverRowsAreSpreadOverTasks(int numTasks) {
    RunTotals totals = gathered(numTasks);

    assertThat(totals.rows()).isEqualTo(NUM_ROWS);
    assertThat(totals.errorRows()).isEqualTo(NUM_ROWS / 10);
    assertThat(totals.errors()).containsOnly(java.util.Map.entry(RowError.Kind.NOT_JSON, 100L));
    assertThat(totals.promptTokens()).isEqualTo(900 * 10);
    assertThat(totals.generatedTokens()).isEqualTo(900 * 5);
    assertThat(totals.keptKvFraction()).isCloseTo(0.5, within(1e-9));
    assertThat(totals.keptKvByLayer()).containsExactly(0.8, 0.2);
    assertThat(totals.peakKvBytes()).isEqualTo(900 * 300);
    assertThat(totals.scoredRows()).isEqualTo(900);
    assertThat(totals.rowsByLevel()).isEqualTo(Map.of(0, 450L, 1, 450L));
    assertThat(totals.meanRouge().rouge1()).isCloseTo(1, within(1e-9));
  }

  @Test
  void quantilesAreExactToAThousandth() {
    RunTotals totals = gathered(3);

    // Rows that are not errors take 1 to 1000 ms, but for every tenth.
    assertThat(totals.prefill().quantileSeconds(0.5)).isCloseTo(0.5, within(0.002));
    assertThat(totals.prefill().quantileSeconds(1)).isCloseTo(0.999, within(0.001));
  }

  @Test
  void readingsOfOneEngineAreCountedOnce() {
    RunAccumulator first = new RunAccumulator();
    first.add(reading("1/1", 100, 300));
    RunAccumulator second = new RunAccumulator();
    second.add(reading("1/1", 200, 400));
    second.add(reading("2/1", 0, 50));
    first.merge(second);

    assertThat(first.value().engines().values())
        .extracting(EngineReading::prefillTokens)
        .containsExactly(300L, 50L);
  }

  @Test
  void guardsAreReadOnceHoweverManyTasksWatchThem() throws Exception {
    GuardReading early = guard(3);
    GuardReading late = guard(5);
    RunAccumulator first = new RunAccumulator();
    first.watch("1/1", () -> late);
    first.endWatch();
    RunAccumulator second = sent(registered());
    second.watch("1/1", () -> early);
    assertThat(second.value().guards()).containsExactly(Map.entry("1/1", early));
    RunAccumulator third = new RunAccumulator();
    third.watch("2/1", () -> early);
    third.endWatch();
    RunAccumulator driver = new RunAccumulator();
    List.of(first, sent(second), third).forEach(driver::merge);

    assertThat(driver.value().guards())
        .containsExactly(Map.entry("1/1", late), Map.entry("2/1", early));
    assertThat(driver.value().trials())
        .containsExactly(
            new GuardReading.Trials(new Estimate(8, 16, 32), 2),
            new GuardReading.Trials(Estimate.NONE, 0));
  }

  /** Relaxed once. */
  private static GuardReading guard(int rows) {
    Estimate loss = new Estimate(rows, 2 * rows, 4 * rows);
    return new GuardReading(
        List.of(new GuardReading.Trials(loss, 1), GuardReading.Trials.NONE),
        List.of(new GuardDecision(1, 9, "row", loss, Instant.EPOCH)));
  }

  @Test
  void aSnapshotDoesNotChange() {
    RunAccumulator accumulator = new RunAccumulator();
    RunTotals before = accumulator.value();
    accumulator.add(RowMeasure.failed(RowError.Kind.ENGINE, Set.of()));

    assertThat(before.rows()).isZero();
    assertThat(accumulator.isZero()).isFalse();
    assertThat(accumulator.copyAndReset().isZero()).isTrue();
  }

  @Test
  void aTasksWorkIsThatOfTheMomentWhenSomebodyLooks() throws Exception {
    AtomicLong tokens = new AtomicLong();
    RunAccumulator task = sent(registered());
    task.watch(() -> new TaskWork(8, 4, 100, 40, 1, tokens.get(), 0));
    assertThat(task.isZero()).isTrue();

    tokens.set(25);
    assertThat(task.isZero()).isFalse();
    assertThat(task.value().work().promptTokens()).isEqualTo(25);

    tokens.set(50);
    assertThat(sent(task).value().work().promptTokens()).isEqualTo(50);

    task.endWatch();
    tokens.set(75);
    assertThat(task.value().work().promptTokens()).isEqualTo(50);
  }

  @Test
  void aHeartbeatMayLookAtACopyThatIsStillBeingRead() throws Exception {
    TaskContext task = TaskContext$.MODULE$.empty();
    TaskContext$.MODULE$.setTaskContext(task);
    AtomicReference<Boolean> seen = new AtomicReference<>();
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(written(registered()))) {
          @Override
          protected Class<?> resolveClass(ObjectStreamClass type)
              throws IOException, ClassNotFoundException {
            if (type.getName().equals(RunTotals.class.getName())) {
              seen.set(task.taskMetrics()._externalAccums().last().isZero());
            }
            return super.resolveClass(type);
          }
        }) {
      in.readObject();
    } finally {
      TaskContext$.MODULE$.unset();
    }

    assertThat(seen).hasValue(true);
  }

  @Test
  void whatATaskSendsIsSmallHoweverManyRowsItHas() throws Exception {
    RunAccumulator task = sent(registered());
    for (int row = 1; row < 10_000; row++) {
      task.add(measure(row));
    }

    assertThat(written(task)).hasSizeLessThan(8 << 10);
    assertThat(sent(task).value().rows()).isEqualTo(9_999);
    assertThat(sent(task).value().row().count()).isZero();
    assertThat(task.value().row().count()).isEqualTo(9_000);
  }

  private static RunAccumulator registered() {
    RunAccumulator registered = new RunAccumulator();
    registered.metadata_$eq(
        new AccumulatorMetadata(AccumulatorContext.newId(), Option.empty(), false));
    AccumulatorContext.register(registered);
    return registered;
  }

  /** As tasks, heartbeats and results carry it from one process to another. */
  private static RunAccumulator sent(RunAccumulator accumulator) throws Exception {
    ByteArrayInputStream bytes = new ByteArrayInputStream(written(accumulator));
    return (RunAccumulator) new ObjectInputStream(bytes).readObject();
  }

  private static byte[] written(RunAccumulator accumulator) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(accumulator);
    }
    return bytes.toByteArray();
  }

  private static RunTotals gathered(int numTasks) {
    List<RunAccumulator> tasks = new ArrayList<>();
    for (int i = 0; i < numTasks; i++) {
      tasks.add(new RunAccumulator());
    }
    for (int row = 1; row <= NUM_ROWS; row++) {
      tasks.get(row % numTasks).add(measure(row));
    }
    RunAccumulator driver = new RunAccumulator();
    tasks.forEach(driver::merge);
    return driver.value();
  }

  private static RowMeasure measure(int row) {
    return row % 10 == 0
        ? RowMeasure.failed(RowError.Kind.NOT_JSON, Set.of())
        : new RowMeasure(
            FinishReason.EOS,
            Optional.empty(),
            10,
            5,
            false,
            row / 10 % 2,
            0.5,
            new int[] {8, 2},
            300,
            600,
            row * 1_000_000L,
            1_000_000L,
            Optional.of(new Rouge().score("a b c", "a b c")),
            Set.of());
  }

  private static EngineReading reading(String engine, long from, long to) {
    EngineSetup setup =
        new EngineSetup(new Machine("h", "c", 2, 1), 2, "float32", 9, true, "scalar", "2", 1);
    return new EngineReading(engine, setup, counters(from), counters(to));
  }

  private static Counters counters(long all) {
    Map<StepPart, Long> breakdown = new EnumMap<>(StepPart.class);
    for (StepPart part : StepPart.values()) {
      breakdown.put(part, all);
    }
    return new Counters(all, all, all, all, all, all, all, all, (int) all, all, breakdown);
  }
}
