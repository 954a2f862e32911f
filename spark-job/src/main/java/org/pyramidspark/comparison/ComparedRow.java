package org.pyramidspark.comparison;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;

/**
 * One line of the output: what one policy did with one row. Every line has all fields, in this
 * order, by their names in snake case; what does not apply is null. A row that cannot be compared
 * has one line, without a policy.
 *
 * @param id the prompt's id
 * @param policy as it was written
 * @param settings of the policy, by key
 * @param text the completion, empty in an error row
 * @param finishReason {@code eos}, {@code stop}, {@code length} or {@code error}
 * @param error what went wrong, in one sentence
 * @param promptTokens tokens of the prompt after truncation, template included
 * @param generatedTokens tokens sampled, an end token included
 * @param truncated whether text of the prompt was left out
 * @param kv the cache after the prompt
 * @param divergence from the full cache along the full cache's own completion
 * @param reference how likely the reference is; null without one
 * @param rouge of the completion against the reference; null without one
 * @param rougeToFull of the completion against the full cache's; null for the full cache
 */
public record ComparedRow(
    String id,
    String policy,
    Map<String, Object> settings,
    String text,
    String finishReason,
    String error,
    int promptTokens,
    int generatedTokens,
    boolean truncated,
    Kv kv,
    Divergence divergence,
    Likelihood reference,
    Rouge rouge,
    Rouge rougeToFull) {

  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  /**
   * @param keptFraction entries kept after the prompt, by those of a full cache
   * @param computedFraction rows of the prompt computed over all layers, by all
   * @param bytes of cache pages after the prompt
   */
  public record Kv(double keptFraction, double computedFraction, long bytes) {}

  /**
   * @param tokens that were followed
   * @param meanKl mean over these of KL(full || policy) of the next token, nats
   * @param worstKl the largest of them
   * @param agreement share of these where the likeliest token is the full cache's
   */
  public record Divergence(int tokens, double meanKl, double worstKl, double agreement) {}

  /**
   * @param tokens of the reference that were followed
   * @param nll mean over these of -log p(token), nats
   * @param fullNll the same with the full cache
   */
  public record Likelihood(int tokens, double nll, double fullNll) {}

  /** F-measures, 0 to 1. */
  public record Rouge(
      @JsonProperty("rouge1") double rouge1,
      @JsonProperty("rouge2") double rouge2,
      @JsonProperty("rougeL") double rougeL) {}

  /** The line of a row that cannot be compared. */
  public static ComparedRow failed(String id, String error) {
    return new ComparedRow(
        id, null, null, "", "error", error, 0, 0, false, null, null, null, null, null);
  }

  /** A row that {@link #toJson} has written. */
  static ComparedRow fromJson(String line) {
    try {
      return JSON.readValue(line, ComparedRow.class);
    } catch (JsonProcessingException broken) {
      throw new IllegalArgumentException("This is no line of an output: " + line, broken);
    }
  }

  /** The row as one line of JSON, without a line end. */
  public String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
