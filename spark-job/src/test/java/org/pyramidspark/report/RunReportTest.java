package org.pyramidspark.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pyramidspark.metrics.RowMeasure;
import org.pyramidspark.metrics.RunAccumulator;
import org.pyramidspark.prompts.RowError;

class RunReportTest {

  @Test
  void aRunOfErrorRowsOnlyHasAReportWithoutStrangeNumbers() throws IOException {
    RunAccumulator totals = new RunAccumulator();
    totals.add(RowMeasure.failed(RowError.Kind.EMPTY_PROMPT));
    RunReport report = report(totals);

    JsonNode json = new ObjectMapper().readTree(report.toJson());
    assertThat(json.at("/rows/errors").asInt()).isEqualTo(1);
    assertThat(json.at("/rows/error_kinds/empty-prompt").asInt()).isEqualTo(1);
    assertThat(json.at("/rouge").isNull()).isTrue();
    assertThat(report.toJson()).doesNotContain("NaN").doesNotContain("Infinity");
    assertThat(MarkdownReport.of(report)).contains("No row has a reference", "empty-prompt 1");
  }

  @Test
  void settingsCannotBreakTheTablesOfTheReport() {
    assertThat(MarkdownReport.of(report(new RunAccumulator()))).contains("| stop | [a\\|b c] |");
  }

  private static RunReport report(RunAccumulator totals) {
    RunSummary summary =
        new RunSummary(totals.value(), Duration.ofSeconds(3), Duration.ofSeconds(2));
    return new RunReport(
        "2026-01-01T00:00:00Z",
        Map.of("stop", "[a|b\nc]"),
        new RunReport.Model("tiny", "/models/tiny.gguf", "00ff"),
        summary.rows(),
        summary.throughput(),
        summary.kv(),
        summary.latencies(),
        summary.rouge(),
        summary.breakdown(),
        summary.engines(),
        Map.of("Java", "25"));
  }
}
