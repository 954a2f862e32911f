package org.pyramidspark.engine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The distribution of the next token: softmax over the vocabulary. Owned by one thread; the arrays
 * are used again by {@link #set}.
 */
final class NextToken {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  private final float[] logits;
  private final double[] probabilities;
  private double logSum;
  private int best;

  NextToken(int vocabularySize) {
    this.logits = new float[vocabularySize];
    this.probabilities = new double[vocabularySize];
  }

  /** Takes the distribution of these logits, {@code vocabularySize} floats. */
  void set(MemorySegment row) {
    MemorySegment.copy(row, FLOAT, 0, logits, 0, logits.length);
    best = 0;
    for (int token = 1; token < logits.length; token++) {
      if (logits[token] > logits[best]) {
        best = token;
      }
    }
    double sum = 0;
    for (int token = 0; token < logits.length; token++) {
      probabilities[token] = Math.exp((double) logits[token] - logits[best]);
      sum += probabilities[token];
    }
    for (int token = 0; token < logits.length; token++) {
      probabilities[token] /= sum;
    }
    logSum = logits[best] + Math.log(sum);
  }

  /** Becomes the same as another. */
  void set(NextToken other) {
    System.arraycopy(other.logits, 0, logits, 0, logits.length);
    System.arraycopy(other.probabilities, 0, probabilities, 0, probabilities.length);
    logSum = other.logSum;
    best = other.best;
  }

  /** The likeliest token, of equal ones the first. */
  int best() {
    return best;
  }

  /** The natural logarithm of a token's probability, with a minus: nats. */
  double surprise(int token) {
    return logSum - logits[token];
  }

  /** KL(this || other) in nats: what is lost where {@code other} stands for this. */
  double divergence(NextToken other) {
    double mean = 0;
    for (int token = 0; token < logits.length; token++) {
      mean += probabilities[token] * ((double) logits[token] - other.logits[token]);
    }
    return Math.max(0, mean - logSum + other.logSum);
  }
}
