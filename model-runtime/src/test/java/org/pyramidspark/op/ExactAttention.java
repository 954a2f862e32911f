package org.pyramidspark.op;

import org.pyramidspark.cache.Observation.Statistic;

/** Attention of one case in double precision, with bounds for what float32 may differ by. */
final class ExactAttention {
  /** Half a unit in the last place of 1, float32. */
  private static final double ROUNDING = 0x1p-24;

  private final KernelFixture fixture;
  private final int headSize;

  /** Sums of the scored entries, over all KV heads. */
  final double[] sums;

  /** Weights of probabilities so near the limit that they may be counted or not. */
  final double[] doubtful;

  /** The greatest relative error of a probability. */
  private final double operandRounding;

  private double probabilityError;

  /**
   * @param operandRounding relative error that kernels may give queries and probabilities besides
   */
  ExactAttention(KernelFixture fixture, double operandRounding) {
    this.fixture = fixture;
    this.operandRounding = operandRounding;
    this.headSize = fixture.wanted.headSize();
    this.sums = new double[fixture.sums.length];
    this.doubtful = new double[fixture.sums.length];
  }

  /** Relative error that float32 probabilities, and sums of them, may have. */
  double probabilityError() {
    return probabilityError;
  }

  /** One query row's context of one head; adds its probabilities to {@link #sums}. */
  double[] context(int index, int head) {
    int kvHead = head / fixture.wanted.group();
    int visible = fixture.wanted.cachedBefore() + fixture.queries[index] + 1;
    double[] query = rotated(head, fixture.queries[index]);
    double[] probabilities = probabilities(query, kvHead, visible);
    double[] context = new double[headSize];
    for (int entry = 0; entry < visible; entry++) {
      for (int dim = 0; dim < headSize; dim++) {
        context[dim] += probabilities[entry] * fixture.value(kvHead, entry, dim);
      }
    }
    for (int j = 0; j < sums.length && fixture.firstScored + j < visible; j++) {
      double share = visible * probabilities[fixture.firstScored + j];
      if (fixture.wanted.statistic() == Statistic.ATTENTION) {
        sums[j] += fixture.weights[index] * probabilities[fixture.firstScored + j];
      } else if (Math.abs(share - 1) <= 2 * probabilityError) {
        doubtful[j] += fixture.weights[index];
      } else if (share > 1) {
        sums[j] += fixture.weights[index];
      }
    }
    return context;
  }

  private double[] probabilities(double[] query, int kvHead, int visible) {
    double[] probabilities = new double[visible];
    double highest = Double.NEGATIVE_INFINITY;
    for (int entry = 0; entry < visible; entry++) {
      double magnitude = 0;
      for (int dim = 0; dim < headSize; dim++) {
        double product = query[dim] * fixture.key(kvHead, entry, dim) / Math.sqrt(headSize);
        probabilities[entry] += product;
        magnitude += Math.abs(product);
      }
      highest = Math.max(highest, probabilities[entry]);
      bound(magnitude, visible);
    }
    double sum = 0;
    for (int entry = 0; entry < visible; entry++) {
      probabilities[entry] = Math.exp(probabilities[entry] - highest);
      sum += probabilities[entry];
    }
    for (int entry = 0; entry < visible; entry++) {
      probabilities[entry] /= sum;
    }
    return probabilities;
  }

  private void bound(double magnitude, int visible) {
    probabilityError =
        Math.max(probabilityError, error(headSize, magnitude, visible, operandRounding));
  }

  /**
   * The relative error that a float32 probability may have. Rounding errors of a sum of n terms
   * grow like sqrt(n), a score's absolute error is its power's relative one, exp2 and its argument
   * add a few; four times as much covers the tails.
   *
   * @param magnitude sum of the magnitudes of a score's terms
   */
  static double error(int headSize, double magnitude, int visible, double operandRounding) {
    double scores = Math.sqrt(headSize) * magnitude;
    return 4 * ROUNDING * (scores + magnitude + Math.sqrt(visible) + 4)
        + operandRounding * (magnitude + 1);
  }

  private double[] rotated(int head, int row) {
    int packed = KernelFixture.FIRST_ROW + row;
    return rotated(fixture.rows.query(packed, head), fixture.rows.positions()[packed]);
  }

  /** One vector of the projections, turned to a position. */
  double[] rotated(long vector, int position) {
    return rotated(vector(vector), position);
  }

  /** A vector turned by so many positions, or back. */
  static double[] rotated(double[] plain, int position) {
    int headSize = plain.length;
    double[] turned = new double[headSize];
    int pairs = headSize / 2;
    for (int i = 0; i < pairs; i++) {
      double angle = position * Math.pow(10_000, -2.0 * i / headSize);
      turned[i] = plain[i] * Math.cos(angle) - plain[i + pairs] * Math.sin(angle);
      turned[i + pairs] = plain[i + pairs] * Math.cos(angle) + plain[i] * Math.sin(angle);
    }
    return turned;
  }

  /** One vector of the projections. */
  double[] vector(long vector) {
    float[] elements = new float[headSize];
    fixture.rows.read(vector, elements);
    double[] widened = new double[headSize];
    for (int i = 0; i < headSize; i++) {
      widened[i] = elements[i];
    }
    return widened;
  }
}
