package org.pyramidspark.engine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.pyramidspark.config.SamplingOptions;

/**
 * Chooses one sequence's next token out of its logits: temperature, then top-k, then top-p, then a
 * draw from the sequence's own random numbers, so neighbours in a batch make no difference. Ties go
 * to the lower token id.
 */
final class Sampler {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  private final SamplingOptions options;
  private final SplittableRandom random;

  Sampler(SamplingOptions options) {
    this.options = options;
    this.random = new SplittableRandom(options.seed());
  }

  /**
   * @param logits one float32 for each token of the vocabulary
   */
  int next(MemorySegment logits) {
    return options.isGreedy() ? best(logits) : draw(logits);
  }

  static int best(MemorySegment logits) {
    int count = (int) (logits.byteSize() / 4);
    int best = 0;
    float highest = Float.NEGATIVE_INFINITY;
    for (int token = 0; token < count; token++) {
      float logit = logits.get(FLOAT, 4L * token);
      if (logit > highest) {
        highest = logit;
        best = token;
      }
    }
    return best;
  }

  private int draw(MemorySegment logits) {
    long[] ranked = rank(logits);
    int count = options.topK() == 0 ? ranked.length : Math.min(options.topK(), ranked.length);
    double[] weights = new double[count];
    float highest = logit(ranked[0]);
    double total = 0;
    for (int i = 0; i < count; i++) {
      weights[i] = Math.exp((logit(ranked[i]) - highest) / (double) options.temperature());
      total += weights[i];
    }
    count = nucleus(weights, total);
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += weights[i];
    }
    double point = random.nextDouble() * sum;
    int chosen = 0;
    while (chosen < count - 1 && point >= weights[chosen]) {
      point -= weights[chosen++];
    }
    return token(ranked[chosen]);
  }

  /** How many of the best tokens it takes for their probabilities to reach top-p. */
  private int nucleus(double[] weights, double total) {
    double wanted = options.topP() * total;
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += weights[i];
      if (sum >= wanted) {
        return i + 1;
      }
    }
    return weights.length;
  }

  /**
   * All tokens, best first: the logit's order in the upper half of a long, the token in the lower.
   */
  private static long[] rank(MemorySegment logits) {
    int count = (int) (logits.byteSize() / 4);
    long[] ranked = new long[count];
    for (int token = 0; token < count; token++) {
      int bits = Float.floatToIntBits(logits.get(FLOAT, 4L * token));
      int ascending = bits ^ (bits >> 31 & 0x7fffffff);
      ranked[token] = (long) ~ascending << 32 | token;
    }
    Arrays.sort(ranked);
    return ranked;
  }

  private static int token(long rank) {
    return (int) rank;
  }

  private static float logit(long rank) {
    int ascending = ~(int) (rank >> 32);
    return Float.intBitsToFloat(ascending ^ (ascending >> 31 & 0x7fffffff));
  }
}
