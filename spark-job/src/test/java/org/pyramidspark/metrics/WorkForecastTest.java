package org.pyramidspark.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pyramidspark.engine.FinishReason;

class WorkForecastTest {
  private static final int LIMIT = 128;

  /** About what text of this project's models has. */
  private static final double BYTES_PER_TOKEN = 3.7;

  @Test
  void beforeTheFirstTokenNothingIsDone() {
    assertThat(share(new WorkForecast(10, 1000), new RunTotals())).isZero();
  }

  /**
   * A run as the engine does it: a prompt each step, while the rows before it generate.
   *
   * @param meanNewTokens of rows; most end before the limit, or none if it is far beyond
   * @param readAhead rows that tasks have read and that the engine has not begun
   */
  @ParameterizedTest
  @CsvSource({"40,50,128", "40,50,8", "300,50,64", "300,1000000,64", "300,1000000,8", "3,50,128"})
  void theShareIsCloseToTheTruthAllTheWay(int numRows, int meanNewTokens, int readAhead) {
    Run run = new Run(numRows, meanNewTokens);
    WorkForecast forecast = new WorkForecast(numRows, run.bytes(numRows));
    double slack = 0.05 + 0.5 / Math.sqrt(numRows);

    while (run.step()) {
      double share = share(forecast, run.totals(readAhead));
      assertThat(share).isBetween(0.0, 1.0).isCloseTo(run.shareDone(), within(slack));
    }
    assertThat(share(forecast, run.totals(readAhead))).isEqualTo(0.99);
  }

  @Test
  void aResumedRunIsAsFarAsItsSessionsTogether() {
    Run run = new Run(40, 50);
    for (int step = 0; step < 60; step++) {
      run.step();
    }
    RunTotals earlier = run.totals(0);
    RunTotals twice = new RunTotals();
    twice.add(earlier);
    twice.add(earlier);
    WorkForecast whole = new WorkForecast(100, run.bytes(40) * 3);
    WorkForecast resumed = new WorkForecast(100, run.bytes(40) * 3, earlier);

    Progress progress = resumed.underWay(earlier, Duration.ofSeconds(2), Duration.ofSeconds(1));
    assertThat(progress.shareDone()).isEqualTo(share(whole, twice));
    assertThat(progress.rows()).isEqualTo(2 * earlier.rows());
    assertThat(progress.earlier().share()).isCloseTo(progress.shareDone() / 2, within(1e-9));
    assertThat(progress.earlier().tokens())
        .isEqualTo(earlier.work().promptTokens() + earlier.work().newTokens());
  }

  private static double share(WorkForecast forecast, RunTotals totals) {
    return forecast.underWay(totals, Duration.ofSeconds(2), Duration.ofSeconds(1)).shareDone();
  }

  /** Rows with random lengths, and how far each is. */
  private static final class Run {
    private final int[] prompts;
    private final int[] newTokens;
    private final int[] generated;
    private int started;

    Run(int numRows, double meanNewTokens) {
      Random random = new Random(numRows);
      prompts = random.ints(numRows, 500, 5000).toArray();
      newTokens =
          random
              .doubles(numRows)
              .mapToInt(u -> (int) Math.min(LIMIT, 1 - meanNewTokens * Math.log1p(-u)))
              .toArray();
      generated = new int[numRows];
    }

    boolean step() {
      for (int row = 0; row < started; row++) {
        generated[row] = Math.min(newTokens[row], generated[row] + 1);
      }
      if (started < prompts.length) {
        generated[started++] = 1;
      }
      return !Arrays.equals(generated, newTokens);
    }

    long bytes(int rows) {
      return (long) (BYTES_PER_TOKEN * Arrays.stream(prompts, 0, rows).sum());
    }

    double shareDone() {
      double done = Arrays.stream(prompts, 0, started).sum() + 4.0 * Arrays.stream(generated).sum();
      return done / (Arrays.stream(prompts).sum() + 4.0 * Arrays.stream(newTokens).sum());
    }

    RunTotals totals(int readAhead) {
      RunTotals totals = new RunTotals();
      List<RowMeasure> finished = new ArrayList<>();
      for (int row = 0; row < started; row++) {
        if (generated[row] == newTokens[row]) {
          finished.add(measure(row));
        }
      }
      finished.forEach(totals::add);
      int read = Math.min(prompts.length, started + readAhead);
      totals.set(
          new TaskWork(
              bytes(read),
              read,
              Arrays.stream(prompts, 0, read).sum(),
              (long) read * LIMIT,
              started,
              Arrays.stream(prompts, 0, started).sum(),
              Arrays.stream(generated).sum()));
      return totals;
    }

    private RowMeasure measure(int row) {
      FinishReason reason = newTokens[row] == LIMIT ? FinishReason.LENGTH : FinishReason.EOS;
      return new RowMeasure(
          reason,
          Optional.empty(),
          prompts[row],
          newTokens[row],
          false,
          0,
          1,
          new int[0],
          1,
          1,
          1,
          1,
          Optional.empty(),
          Set.of());
    }
  }
}
