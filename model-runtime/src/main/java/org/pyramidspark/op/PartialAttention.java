package org.pyramidspark.op;

import java.util.Arrays;
import java.util.List;

/**
 * Attention of a task's query vectors over some pages, unnormalised: {@code contexts[vector] = sum
 * over entries of 2^(score - reference) * value}, {@code totals} the same without the values, with
 * scores in powers of two ({@link Softmax}). The parts of a cache are merged in their order.
 *
 * @param references {@code [vectors]}
 * @param totals {@code [vectors]}
 * @param contexts {@code [vectors][headSize]}
 */
record PartialAttention(float[] references, float[] totals, float[][] contexts) {

  /** Room for so many query vectors. */
  static PartialAttention of(int vectors, int headSize) {
    return new PartialAttention(
        new float[vectors], new float[vectors], new float[vectors][headSize]);
  }

  /** Writes a task's result out of the parts of its cache. */
  static void merge(List<PartialAttention> parts, AttentionTask task, KernelScratch scratch) {
    int headSize = task.rows().model().headSize();
    float[] context = scratch.floats(0, headSize);
    for (int vector = 0; vector < task.numVectors(); vector++) {
      merge(parts, vector, headSize, context);
      task.context().write(task.contextRow(task.index(vector)), task.head(vector), context);
    }
  }

  private static void merge(
      List<PartialAttention> parts, int vector, int headSize, float[] context) {
    float reference = Float.NEGATIVE_INFINITY;
    for (PartialAttention part : parts) {
      reference = Math.max(reference, part.references[vector]);
    }
    double total = 0;
    for (PartialAttention part : parts) {
      total += part.factor(vector, reference) * part.totals[vector];
    }
    Arrays.fill(context, 0, headSize, 0);
    for (PartialAttention part : parts) {
      float factor = (float) (part.factor(vector, reference) / total);
      for (int dim = 0; dim < headSize; dim++) {
        context[dim] += factor * part.contexts[vector][dim];
      }
    }
  }

  private double factor(int vector, float reference) {
    return Math.pow(2, (double) references[vector] - reference);
  }
}
