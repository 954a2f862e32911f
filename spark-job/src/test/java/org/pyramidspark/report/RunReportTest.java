package org.pyramidspark.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pyramidspark.metrics.ErrorRow;
import org.pyramidspark.metrics.RowMeasure;
import org.pyramidspark.metrics.RowSample;
import org.pyramidspark.metrics.RunAccumulator;
import org.pyramidspark.metrics.ShownRows;
import org.pyramidspark.prompts.RowError;

class RunReportTest {

  @Test
  void aRunOfErrorRowsOnlyHasAReportWithoutStrangeNumbers() throws IOException {
    RunAccumulator totals = new RunAccumulator();
    totals.add(RowMeasure.failed(RowError.Kind.EMPTY_PROMPT, Set.of()));
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

  @Test
  void errorRowsHaveTheirReasonsInEveryForm() throws IOException {
    RunReport report = report(new RunAccumulator());

    JsonNode json = new ObjectMapper().readTree(report.toJson());
    assertThat(json.at("/error_rows/0/kind").asText()).isEqualTo("not-json");
    assertThat(json.at("/error_rows/0/reason").asText()).isEqualTo("a|b");
    assertThat(MarkdownReport.of(report)).contains("| row 1 | not-json | a\\|b |");
  }

  @Test
  void sampledRowsAreWholeInTheJson() throws IOException {
    JsonNode row =
        new ObjectMapper().readTree(SampleReport.with("text").toJson()).at("/sampled_rows/0");

    assertThat(row.at("/prompt/beginning").toString())
        .isEqualTo("[[\"text\",30.0],[\"dropped early\",1.0]]");
    assertThat(row.at("/prompt/tokens_left_out").asInt()).isEqualTo(1234);
    assertThat(row.at("/prompt/kept_along/1").asDouble()).isEqualTo(0.5);
    assertThat(row.at("/texts/1").toString())
        .isEqualTo("{\"name\":\"reference\",\"text\":\"what was expected\"}");
  }

  @Test
  void theGuardsDecisionsAreInEveryForm() throws IOException {
    RunReport report = SampleReport.with("a|b");
    JsonNode guard = new ObjectMapper().readTree(report.toJson()).get("guard");

    assertThat(guard.at("/decisions/0/after_rows").asInt()).isEqualTo(15);
    assertThat(guard.at("/decisions/0/loss/low").asDouble()).isEqualTo(0.0625);
    assertThat(guard.at("/levels/1/settings/budget").asDouble()).isEqualTo(0.55);
    assertThat(guard.at("/levels/1/loss/mean").isNull()).isTrue();
    assertThat(MarkdownReport.of(report))
        .contains("it was relaxed once", "12.5 s", "| 0.063 to 0.438 |", "budget 0.1 to 0.55");
    assertThat(HtmlReport.of(report)).contains("it was relaxed once", "budget 0.1 to 0.55");
  }

  private static ShownRows shown() {
    ShownRows shown = new ShownRows(RowSample.of(0, 1));
    shown.add(new ErrorRow("row 1", RowError.Kind.NOT_JSON, "a|b"));
    return shown;
  }

  private static RunReport report(RunAccumulator totals) {
    RunSummary summary =
        new RunSummary(totals.value(), shown(), Duration.ofSeconds(3), Duration.ofSeconds(2));
    return new RunReport(
        "2026-01-01T00:00:00Z",
        List.of(new RunReport.Session("2026-01-01T00:00:00Z", 3, 1, 1)),
        Map.of("stop", "[a|b\nc]"),
        new RunReport.Model("tiny", "/models/tiny.gguf", "00ff"),
        summary.rows(),
        summary.throughput(),
        summary.kv(),
        summary.latencies(),
        summary.rouge(),
        null,
        summary.errorRows(),
        summary.sampledRows(),
        summary.breakdown(),
        new RunReport.Splits(1, 1, 1, 0),
        List.of(),
        summary.engines(),
        Map.of("Java", "25"));
  }
}
