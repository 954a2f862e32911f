package org.pyramidspark.engine;

import java.util.List;
import java.util.Optional;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.cache.PromptShape;
import org.pyramidspark.config.SamplingOptions;
import org.pyramidspark.tokens.TokenSpan;

/**
 * One prompt to complete.
 *
 * @param id names the row in results and messages
 * @param promptTokens the whole prompt, template included; not copied, must not change afterwards
 * @param document which of the tokens are the document, if it is one with an instruction
 * @param policy what the KV cache keeps
 * @param sampling how tokens are chosen
 * @param maxNewTokens the most tokens to generate, at least 1
 * @param stop strings at which the completion ends; the text is cut before them
 * @param ignoreEos whether to go on after an end token
 * @param traced whether the result says how many layers kept each token of the prompt; takes one
 *     look at every entry of the cache, after the prefill
 * @param trial has the policy tried beside the full cache meanwhile
 * @param timeoutNanos the longest that it may take from its first step on
 */
public record GenerationRequest(
    String id,
    int[] promptTokens,
    Optional<TokenSpan> document,
    CachePolicy policy,
    SamplingOptions sampling,
    int maxNewTokens,
    List<String> stop,
    boolean ignoreEos,
    boolean traced,
    Optional<RowTrial> trial,
    long timeoutNanos) {
  /** A limit of time that no row reaches. */
  public static final long NO_TIMEOUT = Long.MAX_VALUE;

  public GenerationRequest {
    stop = List.copyOf(stop);
  }

  /** A prompt that is not known to have a document, not traced and not tried. */
  public GenerationRequest(
      String id,
      int[] promptTokens,
      CachePolicy policy,
      SamplingOptions sampling,
      int maxNewTokens,
      List<String> stop,
      boolean ignoreEos) {
    this(id, promptTokens, Optional.empty(), policy, sampling, maxNewTokens, stop, ignoreEos);
  }

  /** A request that is not traced and not tried. */
  public GenerationRequest(
      String id,
      int[] promptTokens,
      Optional<TokenSpan> document,
      CachePolicy policy,
      SamplingOptions sampling,
      int maxNewTokens,
      List<String> stop,
      boolean ignoreEos) {
    this(
        id,
        promptTokens,
        document,
        policy,
        sampling,
        maxNewTokens,
        stop,
        ignoreEos,
        false,
        Optional.empty(),
        NO_TIMEOUT);
  }

  /** This request, traced or not. */
  public GenerationRequest withTraced(boolean value) {
    return with(value, trial, timeoutNanos);
  }

  /** This request, tried or not. */
  public GenerationRequest withTrial(Optional<RowTrial> value) {
    return with(traced, value, timeoutNanos);
  }

  /** This request with a limit of time. */
  public GenerationRequest withTimeout(long nanos) {
    return with(traced, trial, nanos);
  }

  private GenerationRequest with(boolean isTraced, Optional<RowTrial> rowTrial, long nanos) {
    return new GenerationRequest(
        id,
        promptTokens,
        document,
        policy,
        sampling,
        maxNewTokens,
        stop,
        ignoreEos,
        isTraced,
        rowTrial,
        nanos);
  }

  /** What policies see of the prompt. */
  PromptShape shape() {
    return shape(promptTokens.length, document);
  }

  static PromptShape shape(int tokens, Optional<TokenSpan> document) {
    return document
        .map(span -> new PromptShape(tokens, span.from(), span.to()))
        .orElse(PromptShape.of(tokens));
  }
}
