package org.pyramidspark.engine;

import java.util.List;
import org.pyramidspark.cache.CachePolicy;

/**
 * What the cache did to one prompt, and what the model made of it.
 *
 * @param promptTokens the prompt
 * @param policy what the cache kept
 * @param keptPositions by layer: original positions in the layer's cache after the prefill,
 *     ascending
 * @param topLogits the ten best next tokens after the prompt, best first
 * @param logitsNorm Euclidean norm of these logits
 * @param steps the greedy continuation, end tokens ignored
 */
public record CacheTrace(
    int[] promptTokens,
    CachePolicy policy,
    List<int[]> keptPositions,
    List<ScoredToken> topLogits,
    double logitsNorm,
    List<Step> steps) {

  /** A token and its logit. */
  public record ScoredToken(int token, float logit) {}

  /**
   * One generated token.
   *
   * @param token the best token
   * @param topGap its logit less that of the second best: small means a tie
   * @param kvLengths by layer: cache length after the token was appended and the cache compressed
   */
  public record Step(int token, float topGap, int[] kvLengths) {}

  /** For each prompt position the layer after which it vanished, -1 where it reached the last. */
  public int[] droppedAfterLayer() {
    int[] dropped = new int[promptTokens.length];
    int last = keptPositions.size() - 1;
    for (int layer = 0; layer <= last; layer++) {
      for (int position : keptPositions.get(layer)) {
        dropped[position] = layer == last ? -1 : layer;
      }
    }
    return dropped;
  }

  /** By layer: cache length after the prefill. */
  public int[] prefillKvLengths() {
    return keptPositions.stream().mapToInt(positions -> positions.length).toArray();
  }
}
