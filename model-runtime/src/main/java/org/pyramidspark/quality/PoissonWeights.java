package org.pyramidspark.quality;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.SplittableRandom;

/**
 * How often each resample of a Poisson bootstrap (Hanley and MacGibbon 2006; Chamandy et al. 2012)
 * draws a row: numbers of mean 1 that follow from the seed and the row's id alone, so that neither
 * the order of the rows nor who reads them matters. The array is kept for the next call, so an
 * instance belongs to one thread.
 */
public final class PoissonWeights {
  private static final long[] THRESHOLDS = thresholds();

  private final long seed;
  private final int[] weights;

  /**
   * @param seed the same seed gives the same resamples
   * @param resamples how many
   */
  public PoissonWeights(long seed, int resamples) {
    this.seed = seed;
    this.weights = new int[resamples];
  }

  /** A number for each resample; valid until the next call. */
  public int[] of(String id) {
    SplittableRandom random = new SplittableRandom(hash(id));
    for (int i = 0; i < weights.length; i += 2) {
      long bits = random.nextLong();
      weights[i] = draw(bits >>> Integer.SIZE);
      if (i + 1 < weights.length) {
        weights[i + 1] = draw(bits & 0xffffffffL);
      }
    }
    return weights;
  }

  private long hash(String id) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, seed));
      return ByteBuffer.wrap(digest.digest(id.getBytes(StandardCharsets.UTF_8))).getLong();
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** From a uniform number of 32 bits. */
  private static int draw(long uniform) {
    int weight = 0;
    while (weight < THRESHOLDS.length && uniform >= THRESHOLDS[weight]) {
      weight++;
    }
    return weight;
  }

  /** The distribution function of the Poisson distribution of mean 1, times 2^32. */
  private static long[] thresholds() {
    long[] thresholds = new long[13];
    double probability = Math.exp(-1);
    double cumulated = 0;
    for (int k = 0; k < thresholds.length; k++) {
      cumulated += probability;
      thresholds[k] = (long) (cumulated * 0x1p32);
      probability /= k + 1;
    }
    return thresholds;
  }
}
