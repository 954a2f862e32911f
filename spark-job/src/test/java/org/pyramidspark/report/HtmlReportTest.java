package org.pyramidspark.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.parser.Parser;
import org.jsoup.select.Elements;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pyramidspark.metrics.RowMeasure;
import org.pyramidspark.metrics.RowSample;
import org.pyramidspark.metrics.RunAccumulator;
import org.pyramidspark.metrics.ShownRows;
import org.pyramidspark.prompts.RowError;

class HtmlReportTest {
  private static final RunReport REPORT = SampleReport.with("plain");
  private static final Document PAGE = Jsoup.parse(HtmlReport.of(REPORT));

  @Test
  void thePageIsWellFormed() {
    Parser parser = Parser.htmlParser().setTrackErrors(10);
    Jsoup.parse(HtmlReport.of(REPORT), parser);
    assertThat(parser.getErrors()).isEmpty();
    assertThat(PAGE.select("[id]")).extracting(Element::id).doesNotHaveDuplicates();
  }

  @Test
  void everySectionIsThereAndLinkedTo() {
    Elements links = PAGE.select("nav a");
    assertThat(links)
        .extracting(Element::text)
        .containsExactly(
            "Throughput", "KV cache", "Quality", "Guard", "Errors", "Rows", "Settings", "Machine");
    for (Element link : links) {
      assertThat(PAGE.selectFirst("section" + link.attr("href") + " > h2")).isNotNull();
    }
  }

  @Test
  void nothingIsFetchedAndNothingRuns() {
    assertThat(PAGE.select("script, link, iframe, img, object, embed, [src], [srcset], [style]"))
        .isEmpty();
    assertThat(PAGE.select("a[href]")).allMatch(link -> link.attr("href").startsWith("#"));
    assertThat(PAGE.select("style").html()).doesNotContain("url(", "@import");
    assertThat(PAGE.html()).doesNotContainPattern("(?i)(https?:)?//\\w");
    assertThat(PAGE.selectFirst("meta[http-equiv=Content-Security-Policy]").attr("content"))
        .startsWith("default-src 'none'");
  }

  @Test
  void picturesHaveTitlesAndDescriptions() {
    assertThat(PAGE.select("svg")).hasSizeGreaterThanOrEqualTo(4);
    for (Element svg : PAGE.select("svg")) {
      for (String label : svg.attr("aria-labelledby").split(" ")) {
        assertThat(svg.selectFirst("#" + label).text()).isNotBlank();
      }
    }
  }

  @Test
  void numbersAreThoseOfTheJson() throws IOException {
    JsonNode json = new ObjectMapper().readTree(REPORT.toJson());
    Map<String, String> tiles = new HashMap<>();
    PAGE.select(".tile")
        .forEach(tile -> tiles.put(tile.select("dt").text(), tile.select("dd.value").text()));
    assertThat(tiles)
        .containsEntry("Rows", Figures.count(json.at("/rows/total").asLong()))
        .containsEntry("Errors", Figures.count(json.at("/rows/errors").asLong()))
        .containsEntry(
            "Generated tokens/s",
            Figures.number(json.at("/throughput/generated_tokens_per_second").asDouble()))
        .containsEntry(
            "Prompt tokens/s",
            Figures.number(json.at("/throughput/prompt_tokens_per_second").asDouble()))
        .containsEntry("KV kept", Figures.percent(json.at("/kv/kept_fraction").asDouble()))
        .containsEntry(
            "KV bytes of the full", Figures.percent(json.at("/kv/peak_to_full").asDouble()))
        .containsEntry(
            "Time", Figures.number(json.at("/throughput/total_seconds").asDouble()) + " s");
    assertThat(cells("KV cache", 1))
        .contains(
            Figures.mebibytes(json.at("/kv/full_bytes").asLong()),
            Figures.count(json.at("/kv/set_backs").asLong()));
    assertThat(cells("Quality against the references", 1))
        .contains(Figures.format("%.2f", 100 * json.at("/rouge/rougeL").asDouble()));
  }

  @Test
  void picturesShowTheNumbersOfTheJson() throws IOException {
    JsonNode json = new ObjectMapper().readTree(REPORT.toJson());
    List<String> layers = new ArrayList<>();
    StreamSupport.stream(json.at("/kv/kept_by_layer").spliterator(), false)
        .forEach(
            kept ->
                layers.add(
                    "Layer %d: %s".formatted(layers.size() + 1, Figures.percent(kept.asDouble()))));
    assertThat(PAGE.select("#kv svg rect")).extracting(Element::text).isEqualTo(layers);

    List<String> parts = new ArrayList<>();
    json.get("breakdown")
        .properties()
        .forEach(
            part ->
                parts.add(
                    part.getKey() + ": " + Figures.number(part.getValue().asDouble()) + " s"));
    assertThat(PAGE.select("#throughput svg rect")).extracting(Element::text).isEqualTo(parts);
    assertThat(PAGE.select("#throughput .swatch")).hasSameSizeAs(parts);
  }

  private static List<String> cells(String caption, int column) {
    return PAGE.select("table").stream()
        .filter(table -> table.select("caption").text().equals(caption))
        .flatMap(table -> table.select("tbody tr").stream())
        .map(row -> row.child(column).text())
        .toList();
  }

  @Test
  void aRowIsReadFromItsFirstTokenToItsTexts() {
    Element row = PAGE.select("#rows details").getFirst();

    assertThat(row.select("summary").text())
        .contains("plain", "3,234 prompt tokens, 45.7 % kept", "57 new tokens, ended by eos");
    assertThat(row.selectFirst(".prompt").wholeText())
        .isEqualTo("plaindropped early1,234 tokens are not shown.the end");
    assertThat(row.select(".prompt span[title]"))
        .extracting(span -> span.attr("class") + ", " + span.attr("title"))
        .containsExactly("k8, 30 of 30", "k0, 1 of 30", "k4, 15 of 30");
    assertThat(row.select("svg rect"))
        .extracting(Element::className)
        .containsExactly("cell k8", "cell k4", "cell k2");
    assertThat(row.select("h3"))
        .extracting(Element::text)
        .containsExactly("Completion", "Reference", "Full cache");
    assertThat(row.hasAttr("open")).isTrue();
    assertThat(PAGE.select("#rows details").get(1).hasAttr("open")).isFalse();
  }

  @Test
  void errorRowsAreListedAndTheRestCounted() {
    assertThat(cells("Error rows", 1)).containsExactly("not-json");
    assertThat(PAGE.select("#errors p").text()).startsWith("10 more are in part-*.jsonl");
  }

  /** Whatever corpus, model, paths and settings say stands on the page as text, everywhere. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "<script>alert(1)</script>",
        "</title></style></svg><img src=x onerror=alert(1)>",
        "\" onload=\"alert(1)",
        "' autofocus onfocus='alert(1)",
        "${7*7} @if(true) !{x} $unsafe{x} <%-- --> ]]>",
        "&lt;b&gt; &amp; &#0;",
        "javascript:alert(1)",
        "<!-- <![CDATA[ -->",
        "\u202Ereversed\u202C \u0000\u0007\u001b[31m",
        "line one\nline two",
      })
  void hostileTextStaysText(String text) {
    Document page = Jsoup.parse(HtmlReport.of(SampleReport.with(text)));
    String shown = text.replaceAll("[\\p{Cntrl}&&[^\n\t]]", "\uFFFD");

    assertThat(page.select("*")).hasSameSizeAs(PAGE.select("*"));
    assertThat(attributes(page)).isEqualTo(attributes(PAGE));
    assertThat(page.select("#rows .text").getFirst().wholeText()).isEqualTo(shown);
    assertThat(page.select("#rows .prompt span").getFirst().wholeText()).isEqualTo(shown);
    assertThat(page.select("#errors tbody th").getFirst().wholeText()).isEqualTo(shown);
    assertThat(page.selectFirst("h1").wholeText()).startsWith(shown);
    assertThat(page.select("#settings td").eachText()).hasSize(2);
    assertThat(page.html()).doesNotContain("\u0000", "\u0007", "\u001b");
  }

  private static List<String> attributes(Document page) {
    return page.select("*").stream()
        .flatMap(element -> element.attributes().asList().stream())
        .map(attribute -> attribute.getKey())
        .toList();
  }

  @Test
  void aRunWithoutACompletedRowHasAPageToo() {
    RunAccumulator totals = new RunAccumulator();
    totals.add(RowMeasure.failed(RowError.Kind.EMPTY_PROMPT, Set.of()));
    RunSummary summary =
        new RunSummary(
            totals.value(),
            new ShownRows(RowSample.of(0, 1)),
            Duration.ofSeconds(3),
            Duration.ofSeconds(2));
    Document page =
        Jsoup.parse(
            HtmlReport.of(
                new RunReport(
                    "2026-01-01T00:00:00Z",
                    List.of(new RunReport.Session("2026-01-01T00:00:00Z", 3, 1, 1)),
                    Map.of(),
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
                    Map.of())));

    assertThat(page.text())
        .contains("No row was completed.", "No row has a reference.", "No row was drawn")
        .doesNotContain("NaN", "Infinity", "null");
  }
}
