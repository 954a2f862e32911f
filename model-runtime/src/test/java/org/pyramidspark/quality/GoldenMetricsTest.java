package org.pyramidspark.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the metrics to numbers made by rouge-score 0.1.2 and by L-Eval's own F1. */
class GoldenMetricsTest {
  private static final Offset<Double> TOLERANCE = within(1e-4);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, Function<Example, Double>> METRICS =
      Map.of(
          "rouge1", example -> example.rouge().rouge1().f1(),
          "rouge2", example -> example.rouge().rouge2().f1(),
          "rougeL", example -> example.rouge().rougeL().f1(),
          "rougeLsum", example -> example.rouge().rougeLsum().f1(),
          "rouge1_precision", example -> example.rouge().rouge1().precision(),
          "rouge1_recall", example -> example.rouge().rouge1().recall(),
          "f1", example -> new TokenF1().score(example.prediction(), example.reference()).f1());

  private record Example(String prediction, String reference) {
    static Example of(JsonNode json) {
      return new Example(json.get("prediction").asText(), json.get("reference").asText());
    }

    RougeScores rouge() {
      return new Rouge().score(prediction, reference);
    }
  }

  @ParameterizedTest
  @MethodSource("goldenExamples")
  void scoresAreThoseOfThePythonLibraries(JsonNode example) {
    assertThat(holdMetrics(example)).isEqualTo(METRICS.size());
  }

  static Stream<JsonNode> goldenExamples() {
    try (var in = GoldenMetricsTest.class.getResourceAsStream("/golden/metrics.json")) {
      return JSON.readTree(in).get("examples").valueStream().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** By hand, {@code -Dpyramid.test.leval-metrics=FILE}: L-Eval's licence keeps its rows out. */
  @Test
  void scoresOfRealLEvalRowsAreThoseOfThePythonLibraries() throws IOException {
    String file = System.getProperty("pyramid.test.leval-metrics");
    assumeTrue(file != null, "no file of L-Eval rows given");
    JsonNode tasks = JSON.readTree(Path.of(file).toFile());
    assertThat(tasks).isNotEmpty();
    for (JsonNode task : tasks) {
      task.get("examples").forEach(GoldenMetricsTest::holdMetrics);
      task.get("mean_x100").properties().forEach(mean -> holdMean(task, mean));
    }
  }

  private static int holdMetrics(JsonNode example) {
    Example texts = Example.of(example);
    int held = 0;
    for (var metric : METRICS.entrySet()) {
      if (example.has(metric.getKey())) {
        assertThat(metric.getValue().apply(texts))
            .as(metric.getKey())
            .isCloseTo(example.get(metric.getKey()).asDouble(), TOLERANCE);
        held++;
      }
    }
    return held;
  }

  private static void holdMean(JsonNode task, Map.Entry<String, JsonNode> mean) {
    double ours =
        task.get("examples")
            .valueStream()
            .map(Example::of)
            .mapToDouble(example -> METRICS.get(mean.getKey()).apply(example))
            .average()
            .orElseThrow();
    // The file's means are times 100 and rounded to four digits.
    assertThat(100 * ours).as(mean.getKey()).isCloseTo(mean.getValue().asDouble(), TOLERANCE);
  }
}
