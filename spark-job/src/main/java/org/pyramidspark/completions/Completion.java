package org.pyramidspark.completions;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * One row of the output. Every row has all fields, in this order; what does not apply is null.
 *
 * @param id the prompt's id
 * @param text the completion, empty in an error row
 * @param finishReason {@code eos}, {@code stop}, {@code length} or {@code error}
 * @param error what went wrong, in one sentence; null unless {@code finishReason} is {@code error}
 * @param promptTokens tokens of the prompt after truncation, template included
 * @param sharedPromptTokens first tokens of the prompt that were not computed, since another row's
 *     cache had them
 * @param generatedTokens tokens sampled, an end token included
 * @param truncated whether text of the prompt was left out
 * @param keptKvFraction share of the prompt's KV cache kept after prefill; 1 for a full cache
 * @param peakKvBytes the most bytes that the row's cache took, shared pages included
 * @param prefillMillis time of the step that computed the prompt, with its neighbours
 * @param decodeMillis time from the first to the last token, with its neighbours
 * @param policy name of the cache policy
 * @param guardLevel how often the guard had relaxed the policy's settings when the row began; 0
 *     without a guard
 * @param retries what was tried again before the row ended, such as {@code halved, alone}; null if
 *     nothing
 * @param seed of the row's own sampling; below 2^53, so that every JSON reader keeps it
 * @param modelSha256 of the model's file, lower-case hex
 * @param reference what the corpus expects, or null
 * @param rouge1 F-measure against the reference, 0 to 1; null without one or in an error row
 * @param rouge2 as {@code rouge1}
 * @param rougeL as {@code rouge1}
 */
public record Completion(
    @JsonProperty("id") String id,
    @JsonProperty("text") String text,
    @JsonProperty("finish_reason") String finishReason,
    @JsonProperty("error") String error,
    @JsonProperty("prompt_tokens") int promptTokens,
    @JsonProperty("shared_prompt_tokens") int sharedPromptTokens,
    @JsonProperty("generated_tokens") int generatedTokens,
    @JsonProperty("truncated") boolean truncated,
    @JsonProperty("kept_kv_fraction") double keptKvFraction,
    @JsonProperty("peak_kv_bytes") long peakKvBytes,
    @JsonProperty("prefill_ms") double prefillMillis,
    @JsonProperty("decode_ms") double decodeMillis,
    @JsonProperty("policy") String policy,
    @JsonProperty("guard_level") int guardLevel,
    @JsonProperty("retries") String retries,
    @JsonProperty("seed") long seed,
    @JsonProperty("model_sha256") String modelSha256,
    @JsonProperty("reference") String reference,
    @JsonProperty("rouge1") Double rouge1,
    @JsonProperty("rouge2") Double rouge2,
    @JsonProperty("rougeL") Double rougeL) {

  private static final ObjectWriter JSON = JsonMapper.builder().build().writer();

  /** The row as one line of JSON, without a line end. */
  public String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
