package org.pyramidspark.op;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.pyramidspark.cache.NativeMemory;
import org.pyramidspark.cache.PageLayout;
import org.pyramidspark.config.KvType;

/**
 * The two products of decode attention over one page, for three query heads at once. Twelve
 * accumulators: each vector of keys or values is loaded once and used for three heads. Written out,
 * since C2 keeps accumulators in registers only as local variables.
 */
final class PageProducts {
  /** Query heads that share each load. */
  static final int HEADS = 3;

  private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
  private static final VectorSpecies<Integer> I = VectorWidth.INTS;
  private static final int W = VectorWidth.LANES;
  private static final int TOKENS = PageLayout.TOKENS;
  private static final int UPPER_HALF = 0xffff0000;

  private PageProducts() {}

  /**
   * {@code scores[h * stride + offset + entry] = queries[h] . key[entry]} for all 64 entries.
   *
   * @param queries {@code [3][headSize]}, from {@code query} on
   */
  static void scores(
      PageLayout layout, long page, float[] queries, int query, float[] scores, int offset, int stride) {
    int headSize = layout.headSize();
    if (layout.type() == KvType.FLOAT32) {
      for (int entry = 0; entry < TOKENS; entry += 4 * W) {
        floatScores(page + 4L * entry, headSize, queries, query, scores, offset + entry, stride);
      }
      return;
    }
    for (int pair = 0; pair < TOKENS / 2; pair += 2 * W) {
      bfloatScores(page, pair, headSize, queries, query, scores, offset, stride);
    }
  }

  private static void floatScores(
      long keys, int headSize, float[] queries, int query, float[] scores, int offset, int stride) {
    FloatVector s00 = FloatVector.zero(F);
    FloatVector s01 = FloatVector.zero(F);
    FloatVector s02 = FloatVector.zero(F);
    FloatVector s03 = FloatVector.zero(F);
    FloatVector s10 = FloatVector.zero(F);
    FloatVector s11 = FloatVector.zero(F);
    FloatVector s12 = FloatVector.zero(F);
    FloatVector s13 = FloatVector.zero(F);
    FloatVector s20 = FloatVector.zero(F);
    FloatVector s21 = FloatVector.zero(F);
    FloatVector s22 = FloatVector.zero(F);
    FloatVector s23 = FloatVector.zero(F);
    for (int dim = 0; dim < headSize; dim++, keys += 4 * TOKENS) {
      FloatVector x0 = FloatVector.fromMemorySegment(F, NativeMemory.ALL, keys, NativeMemory.ORDER);
      FloatVector x1 =
          FloatVector.fromMemorySegment(F, NativeMemory.ALL, keys + 4 * W, NativeMemory.ORDER);
      FloatVector x2 =
          FloatVector.fromMemorySegment(F, NativeMemory.ALL, keys + 8 * W, NativeMemory.ORDER);
      FloatVector x3 =
          FloatVector.fromMemorySegment(F, NativeMemory.ALL, keys + 12 * W, NativeMemory.ORDER);
      FloatVector q0 = FloatVector.broadcast(F, queries[query + dim]);
      s00 = x0.fma(q0, s00);
      s01 = x1.fma(q0, s01);
      s02 = x2.fma(q0, s02);
      s03 = x3.fma(q0, s03);
      FloatVector q1 = FloatVector.broadcast(F, queries[query + headSize + dim]);
      s10 = x0.fma(q1, s10);
      s11 = x1.fma(q1, s11);
      s12 = x2.fma(q1, s12);
      s13 = x3.fma(q1, s13);
      FloatVector q2 = FloatVector.broadcast(F, queries[query + 2 * headSize + dim]);
      s20 = x0.fma(q2, s20);
      s21 = x1.fma(q2, s21);
      s22 = x2.fma(q2, s22);
      s23 = x3.fma(q2, s23);
    }
    s00.intoArray(scores, offset + 0 * stride + 0 * W);
    s01.intoArray(scores, offset + 0 * stride + 1 * W);
    s02.intoArray(scores, offset + 0 * stride + 2 * W);
    s03.intoArray(scores, offset + 0 * stride + 3 * W);
    s10.intoArray(scores, offset + 1 * stride + 0 * W);
    s11.intoArray(scores, offset + 1 * stride + 1 * W);
    s12.intoArray(scores, offset + 1 * stride + 2 * W);
    s13.intoArray(scores, offset + 1 * stride + 3 * W);
    s20.intoArray(scores, offset + 2 * stride + 0 * W);
    s21.intoArray(scores, offset + 2 * stride + 1 * W);
    s22.intoArray(scores, offset + 2 * stride + 2 * W);
    s23.intoArray(scores, offset + 2 * stride + 3 * W);
  }

  /** Pairs of entries (t, t + 16): the lower halves of a vector of ints, then the upper. */
  private static void bfloatScores(
      long page, int pair, int headSize, float[] queries, int query, float[] scores, int offset, int stride) {
    long keys = page + 4L * pair;
    FloatVector s00 = FloatVector.zero(F);
    FloatVector s01 = FloatVector.zero(F);
    FloatVector s02 = FloatVector.zero(F);
    FloatVector s03 = FloatVector.zero(F);
    FloatVector s10 = FloatVector.zero(F);
    FloatVector s11 = FloatVector.zero(F);
    FloatVector s12 = FloatVector.zero(F);
    FloatVector s13 = FloatVector.zero(F);
    FloatVector s20 = FloatVector.zero(F);
    FloatVector s21 = FloatVector.zero(F);
    FloatVector s22 = FloatVector.zero(F);
    FloatVector s23 = FloatVector.zero(F);
    for (int dim = 0; dim < headSize; dim++, keys += 2 * TOKENS) {
      IntVector p0 = IntVector.fromMemorySegment(I, NativeMemory.ALL, keys, NativeMemory.ORDER);
      IntVector p1 =
          IntVector.fromMemorySegment(I, NativeMemory.ALL, keys + 4 * W, NativeMemory.ORDER);
      FloatVector x0 = p0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      FloatVector x1 = p0.and(UPPER_HALF).reinterpretAsFloats();
      FloatVector x2 = p1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      FloatVector x3 = p1.and(UPPER_HALF).reinterpretAsFloats();
      FloatVector q0 = FloatVector.broadcast(F, queries[query + dim]);
      s00 = x0.fma(q0, s00);
      s01 = x1.fma(q0, s01);
      s02 = x2.fma(q0, s02);
      s03 = x3.fma(q0, s03);
      FloatVector q1 = FloatVector.broadcast(F, queries[query + headSize + dim]);
      s10 = x0.fma(q1, s10);
      s11 = x1.fma(q1, s11);
      s12 = x2.fma(q1, s12);
      s13 = x3.fma(q1, s13);
      FloatVector q2 = FloatVector.broadcast(F, queries[query + 2 * headSize + dim]);
      s20 = x0.fma(q2, s20);
      s21 = x1.fma(q2, s21);
      s22 = x2.fma(q2, s22);
      s23 = x3.fma(q2, s23);
    }
    int first = offset + firstEntry(pair);
    int second = offset + firstEntry(pair + W);
    s00.intoArray(scores, first + 0 * stride);
    s01.intoArray(scores, first + 0 * stride + PageLayout.KEY_PAIR);
    s02.intoArray(scores, second + 0 * stride);
    s03.intoArray(scores, second + 0 * stride + PageLayout.KEY_PAIR);
    s10.intoArray(scores, first + 1 * stride);
    s11.intoArray(scores, first + 1 * stride + PageLayout.KEY_PAIR);
    s12.intoArray(scores, second + 1 * stride);
    s13.intoArray(scores, second + 1 * stride + PageLayout.KEY_PAIR);
    s20.intoArray(scores, first + 2 * stride);
    s21.intoArray(scores, first + 2 * stride + PageLayout.KEY_PAIR);
    s22.intoArray(scores, second + 2 * stride);
    s23.intoArray(scores, second + 2 * stride + PageLayout.KEY_PAIR);
  }

  /** The entry whose key is the lower half of an int of a row of keys. */
  private static int firstEntry(int pair) {
    return pair / PageLayout.KEY_PAIR * 2 * PageLayout.KEY_PAIR + pair % PageLayout.KEY_PAIR;
  }

  /**
   * {@code contexts[h][dim] += sum over the first entries of probabilities[h * stride + offset + entry]
   * * value[entry][dim]}.
   *
   * @param contexts {@code [3][headSize]}, from {@code context} on
   */
  static void values(
      PageLayout layout,
      long page,
      int entries,
      float[] probabilities,
      int offset,
      int stride,
      float[] contexts,
      int context) {
    int headSize = layout.headSize();
    long values = page + layout.valuesOffset();
    int dim = 0;
    if (layout.type() == KvType.FLOAT32) {
      for (; dim <= headSize - 4 * W; dim += 4 * W) {
        floatValues(
            values + 4L * dim, headSize, entries, probabilities, offset, stride, contexts, context + dim);
      }
      scalarValues(layout, page, dim, headSize, entries, probabilities, offset, stride, contexts, context);
      return;
    }
    int pairs = headSize / 2;
    for (; dim <= pairs - 2 * W; dim += 2 * W) {
      bfloatValues(
          values + 4L * dim, headSize, entries, probabilities, offset, stride, contexts, context + dim);
    }
    scalarValues(layout, page, dim, pairs, entries, probabilities, offset, stride, contexts, context);
    scalarValues(
        layout, page, pairs + dim, headSize, entries, probabilities, offset, stride, contexts, context);
  }

  private static void floatValues(
      long values,
      int headSize,
      int entries,
      float[] probabilities,
      int offset,
      int stride,
      float[] contexts,
      int context) {
    FloatVector s00 = FloatVector.zero(F);
    FloatVector s01 = FloatVector.zero(F);
    FloatVector s02 = FloatVector.zero(F);
    FloatVector s03 = FloatVector.zero(F);
    FloatVector s10 = FloatVector.zero(F);
    FloatVector s11 = FloatVector.zero(F);
    FloatVector s12 = FloatVector.zero(F);
    FloatVector s13 = FloatVector.zero(F);
    FloatVector s20 = FloatVector.zero(F);
    FloatVector s21 = FloatVector.zero(F);
    FloatVector s22 = FloatVector.zero(F);
    FloatVector s23 = FloatVector.zero(F);
    for (int entry = offset; entry < offset + entries; entry++, values += 4L * headSize) {
      FloatVector x0 = FloatVector.fromMemorySegment(F, NativeMemory.ALL, values, NativeMemory.ORDER);
      FloatVector x1 =
          FloatVector.fromMemorySegment(F, NativeMemory.ALL, values + 4 * W, NativeMemory.ORDER);
      FloatVector x2 =
          FloatVector.fromMemorySegment(F, NativeMemory.ALL, values + 8 * W, NativeMemory.ORDER);
      FloatVector x3 =
          FloatVector.fromMemorySegment(F, NativeMemory.ALL, values + 12 * W, NativeMemory.ORDER);
      FloatVector q0 = FloatVector.broadcast(F, probabilities[entry]);
      s00 = x0.fma(q0, s00);
      s01 = x1.fma(q0, s01);
      s02 = x2.fma(q0, s02);
      s03 = x3.fma(q0, s03);
      FloatVector q1 = FloatVector.broadcast(F, probabilities[stride + entry]);
      s10 = x0.fma(q1, s10);
      s11 = x1.fma(q1, s11);
      s12 = x2.fma(q1, s12);
      s13 = x3.fma(q1, s13);
      FloatVector q2 = FloatVector.broadcast(F, probabilities[2 * stride + entry]);
      s20 = x0.fma(q2, s20);
      s21 = x1.fma(q2, s21);
      s22 = x2.fma(q2, s22);
      s23 = x3.fma(q2, s23);
    }
    add(s00, contexts, context + 0 * headSize + 0 * W);
    add(s01, contexts, context + 0 * headSize + 1 * W);
    add(s02, contexts, context + 0 * headSize + 2 * W);
    add(s03, contexts, context + 0 * headSize + 3 * W);
    add(s10, contexts, context + 1 * headSize + 0 * W);
    add(s11, contexts, context + 1 * headSize + 1 * W);
    add(s12, contexts, context + 1 * headSize + 2 * W);
    add(s13, contexts, context + 1 * headSize + 3 * W);
    add(s20, contexts, context + 2 * headSize + 0 * W);
    add(s21, contexts, context + 2 * headSize + 1 * W);
    add(s22, contexts, context + 2 * headSize + 2 * W);
    add(s23, contexts, context + 2 * headSize + 3 * W);
  }

  /** Pairs of dimensions (d, d + headSize / 2). */
  private static void bfloatValues(
      long values,
      int headSize,
      int entries,
      float[] probabilities,
      int offset,
      int stride,
      float[] contexts,
      int context) {
    FloatVector s00 = FloatVector.zero(F);
    FloatVector s01 = FloatVector.zero(F);
    FloatVector s02 = FloatVector.zero(F);
    FloatVector s03 = FloatVector.zero(F);
    FloatVector s10 = FloatVector.zero(F);
    FloatVector s11 = FloatVector.zero(F);
    FloatVector s12 = FloatVector.zero(F);
    FloatVector s13 = FloatVector.zero(F);
    FloatVector s20 = FloatVector.zero(F);
    FloatVector s21 = FloatVector.zero(F);
    FloatVector s22 = FloatVector.zero(F);
    FloatVector s23 = FloatVector.zero(F);
    for (int entry = offset; entry < offset + entries; entry++, values += 2L * headSize) {
      IntVector p0 = IntVector.fromMemorySegment(I, NativeMemory.ALL, values, NativeMemory.ORDER);
      IntVector p1 =
          IntVector.fromMemorySegment(I, NativeMemory.ALL, values + 4 * W, NativeMemory.ORDER);
      FloatVector x0 = p0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      FloatVector x1 = p1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      FloatVector x2 = p0.and(UPPER_HALF).reinterpretAsFloats();
      FloatVector x3 = p1.and(UPPER_HALF).reinterpretAsFloats();
      FloatVector q0 = FloatVector.broadcast(F, probabilities[entry]);
      s00 = x0.fma(q0, s00);
      s01 = x1.fma(q0, s01);
      s02 = x2.fma(q0, s02);
      s03 = x3.fma(q0, s03);
      FloatVector q1 = FloatVector.broadcast(F, probabilities[stride + entry]);
      s10 = x0.fma(q1, s10);
      s11 = x1.fma(q1, s11);
      s12 = x2.fma(q1, s12);
      s13 = x3.fma(q1, s13);
      FloatVector q2 = FloatVector.broadcast(F, probabilities[2 * stride + entry]);
      s20 = x0.fma(q2, s20);
      s21 = x1.fma(q2, s21);
      s22 = x2.fma(q2, s22);
      s23 = x3.fma(q2, s23);
    }
    int half = headSize / 2;
    add(s00, contexts, context + 0 * headSize);
    add(s01, contexts, context + 0 * headSize + W);
    add(s02, contexts, context + 0 * headSize + half);
    add(s03, contexts, context + 0 * headSize + half + W);
    add(s10, contexts, context + 1 * headSize);
    add(s11, contexts, context + 1 * headSize + W);
    add(s12, contexts, context + 1 * headSize + half);
    add(s13, contexts, context + 1 * headSize + half + W);
    add(s20, contexts, context + 2 * headSize);
    add(s21, contexts, context + 2 * headSize + W);
    add(s22, contexts, context + 2 * headSize + half);
    add(s23, contexts, context + 2 * headSize + half + W);
  }

  private static void add(FloatVector vector, float[] target, int at) {
    vector.add(FloatVector.fromArray(F, target, at)).intoArray(target, at);
  }

  private static void scalarValues(
      PageLayout layout,
      long page,
      int from,
      int to,
      int entries,
      float[] probabilities,
      int offset,
      int stride,
      float[] contexts,
      int context) {
    for (int dim = from; dim < to; dim++) {
      for (int head = 0; head < HEADS; head++) {
        float sum = 0;
        for (int entry = 0; entry < entries; entry++) {
          sum += probabilities[head * stride + offset + entry] * layout.value(page, entry, dim);
        }
        contexts[context + head * layout.headSize() + dim] += sum;
      }
    }
  }
}
