package org.pyramidspark.evaluation;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.pyramidspark.quality.Metric;

/**
 * A row of the output.
 *
 * @param id of the row
 * @param task that it belongs to
 * @param status whether it was scored
 * @param problem why it was not, in one sentence; null if it was
 * @param emptyText whether the completion has no text
 * @param scores by metric; empty if it was not scored
 * @param against those of the run compared with; empty without one
 */
record ScoredRow(
    String id,
    String task,
    RowStatus status,
    String problem,
    boolean emptyText,
    Map<Metric, Double> scores,
    Map<Metric, Double> against)
    implements Serializable {
  private static final ObjectWriter JSON = JsonMapper.builder().build().writer();

  /** As it is written: every row has all fields, in this order. */
  private record Line(
      @JsonProperty("id") String id,
      @JsonProperty("task") String task,
      @JsonProperty("status") String status,
      @JsonProperty("problem") String problem,
      @JsonProperty("scores") Map<String, Double> scores,
      @JsonProperty("against") Map<String, Double> against) {}

  /** The row as one line of JSON, without a line end. */
  String toJson() {
    try {
      return JSON.writeValueAsString(
          new Line(id, task, status.label(), problem, labelled(scores), labelled(against)));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static Map<String, Double> labelled(Map<Metric, Double> scores) {
    if (scores.isEmpty()) {
      return null;
    }
    Map<String, Double> labelled = new LinkedHashMap<>();
    scores.forEach((metric, score) -> labelled.put(metric.label(), score));
    return labelled;
  }
}
