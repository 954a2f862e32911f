package org.pyramidspark.engine;

import java.util.List;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.config.SamplingOptions;

/**
 * One prompt to complete.
 *
 * @param id names the row in results and messages
 * @param promptTokens the whole prompt, template included; not copied, must not change afterwards
 * @param policy what the KV cache keeps
 * @param sampling how tokens are chosen
 * @param maxNewTokens the most tokens to generate, at least 1
 * @param stop strings at which the completion ends; the text is cut before them
 * @param ignoreEos whether to go on after an end token
 * @param traced whether the result says how many layers kept each token of the prompt; takes one
 *     look at every entry of the cache, after the prefill
 */
public record GenerationRequest(
    String id,
    int[] promptTokens,
    CachePolicy policy,
    SamplingOptions sampling,
    int maxNewTokens,
    List<String> stop,
    boolean ignoreEos,
    boolean traced) {

  public GenerationRequest {
    stop = List.copyOf(stop);
  }

  /** A request that is not traced. */
  public GenerationRequest(
      String id,
      int[] promptTokens,
      CachePolicy policy,
      SamplingOptions sampling,
      int maxNewTokens,
      List<String> stop,
      boolean ignoreEos) {
    this(id, promptTokens, policy, sampling, maxNewTokens, stop, ignoreEos, false);
  }

  /** This request, traced or not. */
  public GenerationRequest withTraced(boolean value) {
    return new GenerationRequest(
        id, promptTokens, policy, sampling, maxNewTokens, stop, ignoreEos, value);
  }
}
