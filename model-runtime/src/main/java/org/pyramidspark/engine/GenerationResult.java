package org.pyramidspark.engine;

import java.util.Optional;
import java.util.Set;

/**
 * What became of one {@link GenerationRequest}.
 *
 * @param id the request's id
 * @param tokens generated ids; an end token that ended the completion is not among them
 * @param text the generated text, without the stop string that ended it
 * @param finishReason why it ended
 * @param error one sentence, present exactly if {@code finishReason} is {@link FinishReason#ERROR}
 * @param promptTokens length of the prompt
 * @param sharedPromptTokens first tokens of the prompt that were neither computed nor stored, since
 *     another sequence's cache had them
 * @param generatedTokens tokens sampled, an end token included
 * @param keptKvFraction entries of the prompt's KV cache kept after prefill, over all layers,
 *     divided by those of a full cache; 1 for a full cache
 * @param keptPrompt what the cache held of the prompt, layer by layer
 * @param peakKvBytes the most bytes that this sequence's cache pages took, shared ones included
 * @param fullKvBytes bytes that the same tokens would have taken in pages of a full cache
 * @param queueNanos time from submission to the start of the prefill
 * @param prefillNanos time of the step that computed the prompt
 * @param decodeNanos time from the first to the last token
 * @param retries what was tried again before it ended this way
 */
public record GenerationResult(
    String id,
    int[] tokens,
    String text,
    FinishReason finishReason,
    Optional<String> error,
    int promptTokens,
    int sharedPromptTokens,
    int generatedTokens,
    double keptKvFraction,
    KeptPrompt keptPrompt,
    long peakKvBytes,
    long fullKvBytes,
    long queueNanos,
    long prefillNanos,
    long decodeNanos,
    Set<RetryStep> retries) {

  public GenerationResult {
    retries = Set.copyOf(retries);
  }

  /**
   * A row that was not completed.
   *
   * @param error why not, one sentence
   */
  public static GenerationResult failed(String id, int promptTokens, String error) {
    return failed(id, promptTokens, error, Set.of());
  }

  static GenerationResult failed(
      String id, int promptTokens, String error, Set<RetryStep> retries) {
    return new GenerationResult(
        id,
        new int[0],
        "",
        FinishReason.ERROR,
        Optional.of(error),
        promptTokens,
        0,
        0,
        0,
        KeptPrompt.NOTHING,
        0,
        0,
        0,
        0,
        0,
        retries);
  }
}
