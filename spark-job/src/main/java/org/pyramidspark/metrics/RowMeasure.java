package org.pyramidspark.metrics;

import java.util.Optional;
import java.util.Set;
import org.pyramidspark.engine.FinishReason;
import org.pyramidspark.engine.RetryStep;
import org.pyramidspark.prompts.RowError;
import org.pyramidspark.quality.RougeScores;

/**
 * What one finished row adds to the totals.
 *
 * @param finishReason why it ended
 * @param error present exactly if it ended by an error
 * @param promptTokens length of the prompt
 * @param generatedTokens tokens sampled
 * @param truncated whether text of the prompt was left out
 * @param guardLevel how often the guard had relaxed compression when it began
 * @param keptKvFraction share of the prompt's KV cache kept after prefill
 * @param keptByLayer by layer: entries of the prompt's KV cache kept after prefill
 * @param peakKvBytes the most bytes that its cache took
 * @param fullKvBytes bytes that a full cache would have taken
 * @param prefillNanos time of the step that computed the prompt
 * @param decodeNanos time from the first to the last token
 * @param scores against the reference, if there is one
 * @param retries what was tried again with it
 */
public record RowMeasure(
    FinishReason finishReason,
    Optional<RowError.Kind> error,
    int promptTokens,
    int generatedTokens,
    boolean truncated,
    int guardLevel,
    double keptKvFraction,
    int[] keptByLayer,
    long peakKvBytes,
    long fullKvBytes,
    long prefillNanos,
    long decodeNanos,
    Optional<RougeScores> scores,
    Set<RetryStep> retries) {

  public RowMeasure {
    retries = Set.copyOf(retries);
  }

  /** A row that did not reach the engine, or failed there. */
  public static RowMeasure failed(RowError.Kind kind, Set<RetryStep> retries) {
    return new RowMeasure(
        FinishReason.ERROR,
        Optional.of(kind),
        0,
        0,
        false,
        0,
        0,
        new int[0],
        0,
        0,
        0,
        0,
        Optional.empty(),
        retries);
  }
}
