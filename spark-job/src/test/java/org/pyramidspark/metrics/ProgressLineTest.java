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

  @Test
  void theLineTellsRowsRateAndTimeLeft() {
    Progress progress = new Progress(250, 1000, 3, 50_000, Duration.ofSeconds(100));

    assertThat(progress.line())
        .isEqualTo("250 of 1,000 rows (25 %), 3 with errors, 500 tokens/s, 5 min 00 s left");
  }

  @Test
  void beforeTheFirstRowTheLineTellsTheTimeSoFar() {
    assertThat(new Progress(0, 10, 0, 0, Duration.ofSeconds(7)).line())
        .isEqualTo("0 of 10 rows (0 %), 0 tokens/s, 7 s elapsed");
  }

  @ParameterizedTest
  @CsvSource({"9, 9 s", "130, 2 min 10 s", "3900, 1 h 05 min", "90000, 25 h 00 min"})
  void timesAreShownInTheirTwoLargestUnits(long seconds, String shown) {
    assertThat(Progress.shown(Duration.ofSeconds(seconds))).isEqualTo(shown);
  }

  @Test
  void withoutATerminalNoControlCharactersAreWritten() {
    assertThat(shown(false)).isEqualTo("1 of 1 rows (100 %), 2 tokens/s, 0 s left\n");
  }

  @Test
  void onATerminalTheLineReplacesItself() {
    assertThat(shown(true)).startsWith("\r\033[K").endsWith("left\n");
  }

  private static String shown(boolean terminal) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    Progress done = new Progress(1, 1, 0, 2, Duration.ofSeconds(1));
    ProgressLine.start(() -> done, out, terminal).close();
    return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }
}
