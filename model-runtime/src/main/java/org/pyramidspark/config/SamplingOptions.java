package org.pyramidspark.config;

import java.io.Serializable;
import org.pyramidspark.errors.InvalidInputException;

/**
 * How the next token is chosen.
 *
 * @param temperature 0 takes the best token (greedy); above 0 divides the logits before softmax
 * @param topK draw among the k best tokens only; 0 for all
 * @param topP draw among the smallest set of best tokens whose probabilities reach this sum; 1 for
 *     all
 * @param seed start of the row's own random sequence; the same seed gives the same tokens
 */
public record SamplingOptions(float temperature, int topK, float topP, long seed)
    implements Serializable {

  public SamplingOptions {
    if (!(temperature >= 0 && temperature <= 100)) {
      throw InvalidInputException.of(
          "Temperature is %s; give a number from 0 (greedy) to 100.", temperature);
    }
    if (topK < 0) {
      throw InvalidInputException.of("Top-k is %d; give 0 (all tokens) or more.", topK);
    }
    if (!(topP > 0 && topP <= 1)) {
      throw InvalidInputException.of(
          "Top-p is %s; give a number over 0 and at most 1 (all tokens).", topP);
    }
  }

  /** Takes the best token at every step. */
  public static SamplingOptions greedy() {
    return new SamplingOptions(0, 0, 1, 0);
  }

  public boolean isGreedy() {
    return temperature == 0;
  }
}
