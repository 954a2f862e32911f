package org.pyramidspark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the sample corpus to what datasets/README.md says of it. */
class SampleCorpusTest {
  private static final Path DATASETS = Path.of("..", "datasets");
  private static final ObjectMapper JSON = new ObjectMapper();

  record Row(String file, JsonNode json) {
    String evaluation() {
      return json.get("evaluation").asText();
    }

    int words() {
      return json.get("input").asText().split("\\s+").length;
    }
  }

  static List<Row> rows() throws IOException {
    try (var files = Files.list(DATASETS.resolve("sample"))) {
      return files.flatMap(SampleCorpusTest::rowsOf).toList();
    }
  }

  private static Stream<Row> rowsOf(Path file) {
    try {
      return Files.readAllLines(file).stream().map(line -> row(file, line));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Row row(Path file, String line) {
    try {
      return new Row(file.getFileName().toString(), JSON.readTree(line));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void thereAreAtLeastTwelveLongDocumentsOfSixKinds() throws IOException {
    List<Row> summaries = rows().stream().filter(row -> row.evaluation().equals("rouge")).toList();
    assertThat(summaries).hasSizeGreaterThanOrEqualTo(12).allMatch(row -> row.words() >= 800);
    assertThat(summaries.stream().map(Row::file).distinct()).hasSizeGreaterThanOrEqualTo(6);
    assertThat(summaries.stream().map(row -> row.json().get("source"))).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void everyRowHasAReferenceForEachInstruction(Row row) {
    assertThat(row.json().fieldNames())
        .toIterable()
        .containsExactly("instructions", "input", "outputs", "source", "evaluation");
    assertThat(row.evaluation()).isIn("rouge", "f1");
    assertThat(row.words()).isBetween(800, 3000);
    assertThat(row.json().get("instructions")).hasSameSizeAs(row.json().get("outputs"));
    assertThat(row.json().get("outputs")).isNotEmpty().noneMatch(text -> text.asText().isBlank());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void theReadmeListsEveryRowWithItsWords(Row row) throws IOException {
    String start =
        String.format(
            Locale.ROOT,
            "| `%s` | `%s` | %,d |",
            row.file(),
            row.json().get("source").asText(),
            row.words());
    assertThat(Files.readString(DATASETS.resolve("README.md"))).contains(start);
  }
}
