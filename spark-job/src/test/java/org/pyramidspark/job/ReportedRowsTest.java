package org.pyramidspark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rows that a run's report shows, and what it says of the layers. */
class ReportedRowsTest {
  @TempDir Path folder;
  private Path model;

  @BeforeEach
  void writeInputs() throws IOException {
    SmallCorpus.write(folder.resolve("in"));
    model = TestModel.write(folder);
  }

  private JsonNode generate(String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--model",
                model.toString(),
                "--input",
                folder.resolve("in").toString(),
                "--output",
                folder.resolve("out").toString(),
                "--overwrite",
                "--master",
                "local[2]",
                "--max-new-tokens",
                "4"));
    arguments.addAll(List.of(more));
    CommandRun run = CommandRun.generate(arguments.toArray(String[]::new));
    assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
    return CommandRun.report(folder.resolve("out"));
  }

  private Document page() throws IOException {
    return Jsoup.parse(folder.resolve("out/report.html").toFile());
  }

  @Test
  void sampledRowsAreTheSameHoweverTheCorpusIsCut() throws IOException {
    JsonNode one = generate("--report-rows", "3", "--partitions", "1").get("sampled_rows");
    JsonNode many = generate("--report-rows", "3", "--partitions", "7").get("sampled_rows");

    assertThat(one).hasSize(3);
    assertThat(SmallCorpus.GOOD_IDS).containsAll(texts(one, "id"));
    assertThat(many).isEqualTo(one);
  }

  @Test
  void sampledRowsAreThoseOfTheOutput() throws IOException {
    JsonNode sampled = generate("--report-rows", "50").get("sampled_rows");
    Map<String, JsonNode> rows =
        CommandRun.rows(folder.resolve("out")).stream()
            .collect(Collectors.toMap(row -> row.get("id").asText(), Function.identity()));

    assertThat(texts(sampled, "id")).containsExactlyInAnyOrderElementsOf(SmallCorpus.GOOD_IDS);
    for (JsonNode shown : sampled) {
      JsonNode row = rows.get(shown.get("id").asText());
      assertThat(shown.at("/texts/0/text")).isEqualTo(row.get("text"));
      assertThat(shown.at("/texts/1/text").asText(null))
          .isEqualTo(row.get("reference").asText(null));
      for (String field : List.of("prompt_tokens", "generated_tokens", "kept_kv_fraction")) {
        assertThat(shown.get(field)).as(field).isEqualTo(row.get(field));
      }
      // The mean over the prompt's parts is that over its tokens where each token is a part.
      if (shown.get("prompt_tokens").asInt() <= 120) {
        assertThat(mean(shown.at("/prompt/kept_along")))
            .isCloseTo(row.get("kept_kv_fraction").asDouble(), within(1e-3));
      }
    }
  }

  @Test
  void thePromptIsTheWholeTextThatTheModelSaw() throws IOException {
    generate("--report-rows", "50", "--policy", "full");

    assertThat(page().select("#rows details .prompt").eachText())
        .anyMatch(
            text -> text.contains("The mill by the river burned down") && text.contains("Sum up."))
        .contains("Once upon a time");
    assertThat(page().select("#rows .prompt span")).allMatch(span -> span.className().equals("k8"));
  }

  @Test
  void noRowsAreShownWhereNoneAreAskedFor() throws IOException {
    assertThat(generate("--report-rows", "0").get("sampled_rows")).isEmpty();
    assertThat(page().select("#rows details")).isEmpty();
  }

  @Test
  void errorRowsStandInTheReportWithTheirReasons() throws IOException {
    JsonNode errors = generate().get("error_rows");
    Map<String, String> reasons =
        CommandRun.rows(folder.resolve("out")).stream()
            .filter(row -> row.get("error").isTextual())
            .collect(
                Collectors.toMap(row -> row.get("id").asText(), row -> row.get("error").asText()));

    assertThat(texts(errors, "id")).containsExactlyInAnyOrderElementsOf(SmallCorpus.BAD_IDS);
    for (JsonNode error : errors) {
      assertThat(error.get("reason").asText()).isEqualTo(reasons.get(error.get("id").asText()));
    }
    assertThat(page().select("#errors tbody th").eachText())
        .containsExactlyElementsOf(texts(errors, "id"));
  }

  @Test
  void layersAddUpToWhatIsKept() throws IOException {
    JsonNode kept = generate().at("/kv/kept_by_layer");
    List<JsonNode> rows =
        CommandRun.rows(folder.resolve("out")).stream()
            .filter(row -> row.get("error").isNull())
            .toList();
    double entries =
        rows.stream()
            .mapToDouble(
                row -> row.get("kept_kv_fraction").asDouble() * row.get("prompt_tokens").asInt())
            .sum();
    double tokens = rows.stream().mapToDouble(row -> row.get("prompt_tokens").asInt()).sum();

    assertThat(kept).hasSize(2);
    assertThat(mean(kept)).isCloseTo(entries / tokens, within(1e-9));
    assertThat(generate("--policy", "full").at("/kv/kept_by_layer"))
        .allMatch(share -> share.asDouble() == 1);
  }

  @Test
  void theReportStandsBesideTheOthersAndIsReplacedWithThem() throws IOException {
    generate();
    Path page = folder.resolve("out/report.html");
    Files.writeString(page, "old");
    generate();

    assertThat(page().select("h1").text()).contains("policy pyramid");
    assertThat(folder.resolve("out/report.md")).isRegularFile();
  }

  private static List<String> texts(JsonNode list, String field) {
    return StreamSupport.stream(list.spliterator(), false)
        .map(row -> row.get(field).asText())
        .toList();
  }

  private static double mean(JsonNode numbers) {
    return StreamSupport.stream(numbers.spliterator(), false)
        .mapToDouble(JsonNode::asDouble)
        .average()
        .orElseThrow();
  }
}
