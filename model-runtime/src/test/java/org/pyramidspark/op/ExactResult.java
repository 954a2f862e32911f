package org.pyramidspark.op;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What {@link ExactAttention} gives for a whole case.
 *
 * @param contexts by query row and head
 * @param sums of the scored entries, over all KV heads
 * @param doubtful weights of probabilities so near the limit that they may be counted or not
 * @param probabilityError relative error that float32 probabilities, and sums of them, may have
 */
record ExactResult(
    double[][][] contexts, double[] sums, double[] doubtful, double probabilityError) {
  /** Doubles take far longer than the kernels; all that are held to a case share its result. */
  private static final Map<Key, ExactResult> COMPUTED = new ConcurrentHashMap<>();

  private record Key(KernelCase wanted, double operandRounding) {}

  /**
   * @param operandRounding relative error that kernels may give queries and probabilities besides
   */
  static ExactResult of(KernelFixture fixture, double operandRounding) {
    return COMPUTED.computeIfAbsent(
        new Key(fixture.wanted, operandRounding), key -> compute(fixture, operandRounding));
  }

  private static ExactResult compute(KernelFixture fixture, double operandRounding) {
    ExactAttention exact = new ExactAttention(fixture, operandRounding);
    double[][][] contexts = new double[fixture.queries.length][fixture.wanted.numHeads()][];
    for (int index = 0; index < contexts.length; index++) {
      for (int head = 0; head < contexts[index].length; head++) {
        contexts[index][head] = exact.context(index, head);
      }
    }
    return new ExactResult(contexts, exact.sums, exact.doubtful, exact.probabilityError());
  }
}
