package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.select.Elements;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pyramidspark.report.Figures;
import org.pyramidspark.report.Pages;

/** The rows that the page of a comparison shows whole. */
class ComparedExamplesTest {
  private static final List<String> POLICIES =
      List.of("full", "snapkv:budget=0.3,window=2", "h2o:budget=0.5");

  @TempDir Path folder;
  private Path input;
  private Path model;
  private Path output;

  @BeforeEach
  void writeInputs() throws IOException {
    input = SmallCorpus.write(folder.resolve("in"));
    model = TestModel.write(folder);
    output = folder.resolve("out");
  }

  private Elements compare(String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--model",
                model.toString(),
                "--input",
                input.toString(),
                "--output",
                output.toString(),
                "--overwrite",
                "--master",
                "local[2]",
                "--max-new-tokens",
                "6"));
    POLICIES.forEach(policy -> arguments.addAll(List.of("--policy", policy)));
    arguments.addAll(List.of(more));
    CommandRun run = CommandRun.compare(arguments.toArray(String[]::new));
    assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
    Document page = Pages.whole(Files.readString(output.resolve("report.html")));
    return page.select("#rows > details");
  }

  private static String id(Element row) {
    return row.selectFirst("summary .id").text();
  }

  private JsonNode line(String id, String policy) throws IOException {
    return CommandRun.rows(output).stream()
        .filter(line -> line.get("id").asText().equals(id))
        .filter(line -> line.get("policy").asText().equals(policy))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatIsShownIsWhatTheLinesSay() throws IOException {
    Elements rows = compare("--report-rows", "10");

    assertThat(rows.stream().map(ComparedExamplesTest::id))
        .containsExactlyInAnyOrderElementsOf(SmallCorpus.GOOD_IDS);
    for (Element row : rows) {
      boolean hasReference = !line(id(row), "full").get("rouge").isNull();
      Elements columns = row.select(".columns > div");
      assertThat(columns).hasSize(POLICIES.size() + (hasReference ? 1 : 0));
      if (hasReference) {
        assertThat(columns.removeFirst().select("h3").text()).isEqualTo("Reference");
      }
      Elements kept = row.select("details details");
      for (int i = 0; i < POLICIES.size(); i++) {
        JsonNode line = line(id(row), POLICIES.get(i));
        Element column = columns.get(i);
        assertThat(column.selectFirst("h3").text())
            .isEqualTo(i == 0 ? "Full cache" : POLICIES.get(i));
        assertThat(column.selectFirst(".text").wholeText())
            .isEqualTo(Pages.shown(line.get("text").asText()));
        assertThat(column.selectFirst("p").text()).startsWith(i == 0 ? "" : loss(line));
        assertThat(kept.get(i).selectFirst("summary .soft").text())
            .isEqualTo(Figures.percent(line.at("/kv/kept_fraction").asDouble()) + " kept");
      }
    }
  }

  private static String loss(JsonNode line) {
    return "KL %s, agreement %s; "
        .formatted(
            Figures.format("%.4f", line.at("/divergence/mean_kl").asDouble()),
            Figures.percent(line.at("/divergence/agreement").asDouble()));
  }

  @Test
  void theFullCachesPromptIsTheWholeTextThatTheModelSaw() throws IOException {
    Elements rows = compare("--report-rows", "10");

    Elements full = new Elements();
    rows.forEach(row -> full.add(row.selectFirst("details details .prompt")));
    assertThat(full.eachText())
        .anyMatch(
            text -> text.contains("The mill by the river burned down") && text.contains("Sum up."))
        .contains("Once upon a time");
    assertThat(full.select("span")).allMatch(span -> span.className().equals("k8"));
    assertThat(rows.select(".prompt span")).anyMatch(span -> !span.className().equals("k8"));
  }

  @Test
  void rowsAreTheSameHoweverTheCorpusIsCut() throws IOException {
    List<String> one = compare("--partitions", "1").eachText();
    List<String> many = compare("--partitions", "7").eachText();

    assertThat(one).hasSize(3);
    assertThat(many).isEqualTo(one);
  }

  @Test
  void noRowsAreShownWhereNoneAreAskedFor() throws IOException {
    assertThat(compare("--report-rows", "0")).isEmpty();
  }
}
