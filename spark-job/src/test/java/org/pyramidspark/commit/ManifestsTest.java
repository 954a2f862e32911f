package org.pyramidspark.commit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pyramidspark.engine.FinishReason;
import org.pyramidspark.guard.Estimate;
import org.pyramidspark.guard.GuardDecision;
import org.pyramidspark.guard.GuardReading;
import org.pyramidspark.metrics.EngineReading;
import org.pyramidspark.metrics.EngineReading.Counters;
import org.pyramidspark.metrics.EngineSetup;
import org.pyramidspark.metrics.ErrorRow;
import org.pyramidspark.metrics.ExampleRow;
import org.pyramidspark.metrics.ExecutorTime;
import org.pyramidspark.metrics.Machine;
import org.pyramidspark.metrics.RowMeasure;
import org.pyramidspark.metrics.RowSample;
import org.pyramidspark.metrics.RunAccumulator;
import org.pyramidspark.metrics.RunTotals;
import org.pyramidspark.metrics.ShadedPrompt;
import org.pyramidspark.metrics.ShownRows;
import org.pyramidspark.metrics.SplitWork;
import org.pyramidspark.metrics.TaskSpan;
import org.pyramidspark.metrics.TaskWork;
import org.pyramidspark.op.StepPart;
import org.pyramidspark.prompts.RowError;
import org.pyramidspark.quality.Rouge;

class ManifestsTest {
  private static final RowSample SAMPLE = RowSample.of(5, 10);
  private static final Session FIRST = session("a", 0);
  private static final Session SECOND = session("b", 100);

  @TempDir Path folder;

  private Manifests manifests() throws IOException {
    return new Manifests(
        FileSystem.getLocal(new Configuration()),
        new org.apache.hadoop.fs.Path(folder.toUri().toString()));
  }

  private static boolean commit(Manifests manifests, SplitManifest manifest) throws IOException {
    return manifests.commit(manifest.split(), manifest.attempt(), manifest.toFile());
  }

  private Path file() {
    return folder.resolve("00007.json");
  }

  @Test
  void theFirstToCommitASplitStays() throws IOException {
    Manifests manifests = manifests();
    assertThat(manifests.read(7)).isEmpty();

    assertThat(commit(manifests, manifest("first", FIRST))).isTrue();
    assertThat(commit(manifests, manifest("second", FIRST))).isFalse();
    assertThat(commit(manifests, manifest("first", FIRST))).as("the same again").isTrue();

    assertThat(manifests.read(7)).map(SplitManifest::attempt).contains("first");
    assertThat(manifests.splits().stream()).containsExactly(7);
  }

  @Test
  void everyBeginningOfAManifestCountsAsNone() throws IOException {
    commit(manifests(), manifest("part", FIRST));
    byte[] whole = Files.readAllBytes(file());
    Files.delete(folder.resolve(".00007.json.crc"));

    // The last byte ends the line.
    for (int length = 0; length < whole.length - 1; length += length < 100 ? 1 : 211) {
      Files.write(file(), Arrays.copyOf(whole, length));
      assertThat(manifests().read(7)).as("%d bytes", length).isEmpty();
    }
    Files.write(file(), whole);
    assertThat(manifests().read(7)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{\"split\": 7, \"part\"", "{}", "\0\0\0\0"})
  void aTornManifestGivesWay(String torn) throws IOException {
    Files.writeString(file(), torn);

    assertThat(commit(manifests(), manifest("part", FIRST))).isTrue();

    assertThat(manifests().read(7)).map(SplitManifest::attempt).contains("part");
  }

  @Test
  void aManifestThatDoesNotMatchItsChecksumCountsAsNone() throws IOException {
    commit(manifests(), manifest("part", FIRST));
    Files.writeString(file(), Files.readString(file()).replace("\"rows\":10", "\"rows\":11"));

    assertThat(manifests().read(7)).isEmpty();
  }

  /** The report is made of sums that went through files. */
  @Test
  void sumsOfManifestsAreThoseOfTheirRows() throws IOException {
    commit(manifests(), manifest("part", FIRST));
    SplitManifest read = manifests().read(7).orElseThrow();
    RunSums sums = new RunSums(SAMPLE);
    sums.add(read, 300);
    sums.add(read, 200);

    RunTotals all = sums.totals();
    RunTotals once = totals();
    assertThat(all.rows()).isEqualTo(2 * once.rows());
    assertThat(all.errors()).isEqualTo(Map.of(RowError.Kind.TOO_LONG, 2L));
    assertThat(all.finishReasons()).containsEntry(FinishReason.STOP, 18L);
    assertThat(all.keptKvByLayer()).isEqualTo(once.keptKvByLayer());
    assertThat(all.prefill().count()).isEqualTo(2 * once.prefill().count());
    assertThat(all.prefill().quantileSeconds(0.5)).isEqualTo(once.prefill().quantileSeconds(0.5));
    assertThat(all.meanRouge()).isEqualTo(once.meanRouge());
    assertThat(all.engines()).as("one engine's span").isEqualTo(once.engines());
    assertThat(all.guards()).isEqualTo(once.guards());
    assertThat(all.work().newTokens()).isEqualTo(2 * once.work().newTokens());
    // Nine rows of 10 prompt tokens and 5 new ones.
    assertThat(sums.splits()).containsExactly(new SplitWork(300, 270), new SplitWork(200, 270));
    assertThat(sums.shown().errors()).isEqualTo(shown().errors());
    assertThat(sums.shown().examples()).isEqualTo(shown().examples());
  }

  @Test
  void enginesOfTwoSessionsAreToldApart() {
    RunSums sums = new RunSums(SAMPLE);
    sums.add(manifest("part", SECOND), 1);
    sums.add(manifest("part", FIRST), 1);

    assertThat(sums.totals().engines().keySet()).containsExactly("driver/1", "session 2: driver/1");
    assertThat(sums.totals().guards().keySet()).containsExactly("driver/1", "session 2: driver/1");
    assertThat(sums.sessions())
        .extracting(RunSums.SessionWork::session)
        .containsExactly(FIRST, SECOND);
    assertThat(sums.executors())
        .extracting(ExecutorTime::executor)
        .containsExactly("driver", "session 2: driver");
    assertThat(sums.executors()).extracting(ExecutorTime::rows).containsExactly(10L, 10L);
  }

  private static Session session(String id, long seconds) {
    Instant start = Instant.EPOCH.plusSeconds(seconds);
    return new Session(id, start, start.plus(Duration.ofSeconds(1)));
  }

  private static SplitManifest manifest(String part, Session session) {
    return SplitManifest.of(
        7,
        List.of(new PartFile(part, 10, 1234, "00c0ffee")),
        session,
        new TaskSpan("driver", "h", session.generating()),
        totals(),
        shown());
  }

  private static RunTotals totals() {
    RunAccumulator rows = new RunAccumulator();
    for (int row = 1; row < 10; row++) {
      rows.add(
          new RowMeasure(
              FinishReason.STOP,
              Optional.empty(),
              10,
              5,
              false,
              0,
              0.5,
              new int[] {8, 2},
              300,
              600,
              row * 1_000_000L,
              1_000_000L,
              Optional.of(new Rouge().score("a b c", "a b d")),
              Set.of()));
    }
    rows.add(RowMeasure.failed(RowError.Kind.TOO_LONG, Set.of()));
    rows.watch(() -> new TaskWork(100, 10, 100, 50, 9, 90, 45));
    Estimate loss = new Estimate(4, 2, 1.5);
    rows.watch(
        "driver/1",
        () ->
            new GuardReading(
                List.of(new GuardReading.Trials(loss, 1), GuardReading.Trials.NONE),
                List.of(new GuardDecision(1, 9, "row", loss, Instant.EPOCH))));
    rows.endWatch();
    EngineSetup setup =
        new EngineSetup(new Machine("h", "c", 2, 1), 2, "float32", 9, true, "scalar", "2", 1);
    rows.add(new EngineReading("driver/1", setup, counters(10), counters(90)));
    return rows.value();
  }

  private static Counters counters(long all) {
    Map<StepPart, Long> breakdown = new EnumMap<>(StepPart.class);
    for (StepPart part : StepPart.values()) {
      breakdown.put(part, all);
    }
    return new Counters(all, all, all, all, all, all, all, all, (int) all, all, breakdown);
  }

  private static ShownRows shown() {
    ShownRows shown = new ShownRows(SAMPLE);
    shown.add(new ErrorRow("bad \"row\"", RowError.Kind.TOO_LONG, "x".repeat(1000)));
    ShadedPrompt prompt =
        new ShadedPrompt(
            List.of(new ShadedPrompt.Run("a\n", 1.5)),
            3,
            List.of(new ShadedPrompt.Run("b", 0)),
            List.of(0.5));
    for (int row = 0; row < 9; row++) {
      shown.add(
          row / 10.0 - 0.3,
          new ExampleRow(
              "row " + row,
              "eos",
              1,
              1,
              0.5,
              2,
              prompt,
              List.of(new ExampleRow.NamedText("completion", "é😀".repeat(row == 0 ? 4000 : 40)))));
    }
    return shown;
  }
}
