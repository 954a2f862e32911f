package org.pyramidspark.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressLineTest {

  private static final Duration LOADING = Duration.ofSeconds(9);

  private static Progress progress(long rows, long tokens, double share, long seconds) {
    return new Progress(
        rows,
        1000,
        rows / 100,
        tokens,
        tokens / 10,
        share,
        LOADING.plusSeconds(seconds),
        Duration.ofSeconds(seconds));
  }

  @Test
  void theLineTellsRowsTokensShareRateAndTimeLeft() {
    assertThat(progress(250, 50_000, 0.25, 100).line())
        .isEqualTo(
            "25 %, 250 of 1,000 rows, 2 with errors, 550 tokens/s, 5 min 00 s left,"
                + " 50,000 prompt + 5,000 new tokens");
  }

  @Test
  void beforeTheFirstTokenTheLineTellsTheTimeSoFar() {
    assertThat(progress(0, 0, 0, 0).line())
        .isEqualTo("0 %, 0 of 1,000 rows, 0 tokens/s, 9 s elapsed, 0 prompt + 0 new tokens");
  }

  @Test
  void rateAndTimeLeftOfAResumedRunAreThoseOfItsSession() {
    Progress resumed =
        new Progress(
            750,
            1000,
            0,
            75_000,
            7_500,
            0.75,
            LOADING.plusSeconds(100),
            Duration.ofSeconds(100),
            "",
            new Progress.Earlier(55_000, 0.5));

    assertThat(resumed.line())
        .isEqualTo(
            "75 %, 750 of 1,000 rows, 275 tokens/s, 1 min 40 s left,"
                + " 75,000 prompt + 7,500 new tokens");
  }

  @Test
  void theEndTellsHowLongItTook() {
    assertThat(progress(1000, 1_000, 0.99, 10).line()).contains("99 %,", "0 s left");
    assertThat(progress(1000, 1_000, 1, 10).line()).contains("100 %,", "19 s elapsed");
  }

  @ParameterizedTest
  @CsvSource({"9, 9 s", "130, 2 min 10 s", "3900, 1 h 05 min", "90000, 25 h 00 min"})
  void timesAreShownInTheirTwoLargestUnits(long seconds, String shown) {
    assertThat(Progress.shown(Duration.ofSeconds(seconds))).isEqualTo(shown);
  }

  @Test
  void withoutATerminalNoControlCharactersAreWritten() {
    assertThat(shown(false))
        .isEqualTo("100 %, 1 of 1 rows, 4 tokens/s, 3 s elapsed, 2 prompt + 2 new tokens\n");
  }

  @Test
  void onATerminalTheLineReplacesItself() {
    assertThat(shown(true))
        .startsWith("\r\033[K\033[?7l[####################] 100 %")
        .endsWith("new tokens\033[?7h\n");
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "0.049, 0", "0.05, 1", "0.5, 10", "0.999, 19", "1, 20"})
  void theBarIsFullAtTheEndAlone(double share, int full) {
    assertThat(progress(1, 1, share, 1).bar())
        .isEqualTo("[" + "#".repeat(full) + ".".repeat(20 - full) + "]");
  }

  private static String shown(boolean terminal) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    Progress done = new Progress(1, 1, 0, 2, 2, 1, Duration.ofSeconds(3), Duration.ofSeconds(1));
    ProgressLine.start(() -> done, out, terminal).close();
    return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }
}
