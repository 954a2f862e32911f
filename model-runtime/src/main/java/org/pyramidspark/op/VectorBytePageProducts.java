package org.pyramidspark.op;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.pyramidspark.cache.NativeMemory;
import org.pyramidspark.cache.PageLayout;
import org.pyramidspark.config.KvType;

/**
 * {@link PageProducts} of an int8 cache in vectors (a template, see {@link Specialization}) of up
 * to four rows, in the manner of {@link VectorPageProducts}.
 *
 * <p>One load brings four elements of each lane's sum. The inner loops take them from the highest
 * byte down: an arithmetic shift widens it, another brings up the next; both counts are constants,
 * as processors want them. Sums are of plain bytes: keys' scales are multiplied into the finished
 * scores, values' scales into the probabilities beforehand.
 */
final class VectorBytePageProducts implements PageProducts {
  private static final Specialization FOR = Specialization.of(MethodHandles.lookup());
  private static final VectorSpecies<Float> F = FOR.floats();
  private static final VectorSpecies<Integer> I = FOR.ints();
  private static final int ROWS = FOR.rows();
  private static final int W = F.length();
  private static final PageSums SUMS = new PageSums(W, ROWS);

  /** Elements of one sum that one load brings. */
  private static final int TOGETHER = 4;

  private static final int TOKENS = PageLayout.TOKENS;
  private static final MemorySegment ALL = NativeMemory.ALL;
  private static final ByteOrder ORDER = NativeMemory.ORDER;

  @Override
  public void prepare(int headSize, float[] queries, int query) {}

  @Override
  public void scores(
      int headSize, long page, float[] queries, int query, float[] scores, int offset, int stride) {
    for (int group = 0; group < TOKENS; group += 4 * W) {
      long keys = page + 4L * group;
      long scales = page + layout(headSize).keyScaleOffset(group);
      scores(headSize, keys, scales, group, queries, query, scores, offset, stride);
    }
  }

  private static PageLayout layout(int headSize) {
    return new PageLayout(headSize, KvType.INT8);
  }

  /** Scores of four vectors of entries. */
  private static void scores(
      int headSize,
      long keys,
      long scales,
      int group,
      float[] queries,
      int query,
      float[] scores,
      int offset,
      int stride) {
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
    FloatVector s30 = FloatVector.zero(F);
    FloatVector s31 = FloatVector.zero(F);
    FloatVector s32 = FloatVector.zero(F);
    FloatVector s33 = FloatVector.zero(F);
    for (int dim = query; dim < query + headSize; dim += TOGETHER) {
      IntVector p0 = IntVector.fromMemorySegment(I, ALL, keys, ORDER);
      IntVector p1 = IntVector.fromMemorySegment(I, ALL, keys + 4 * W, ORDER);
      IntVector p2 = IntVector.fromMemorySegment(I, ALL, keys + 8 * W, ORDER);
      IntVector p3 = IntVector.fromMemorySegment(I, ALL, keys + 12 * W, ORDER);
      keys += 4 * TOKENS;
      for (int i = dim + TOGETHER - 1; i >= dim; i--) {
        FloatVector x0 = highest(p0);
        FloatVector x1 = highest(p1);
        FloatVector x2 = highest(p2);
        FloatVector x3 = highest(p3);
        p0 = p0.lanewise(VectorOperators.LSHL, 8);
        p1 = p1.lanewise(VectorOperators.LSHL, 8);
        p2 = p2.lanewise(VectorOperators.LSHL, 8);
        p3 = p3.lanewise(VectorOperators.LSHL, 8);
        FloatVector y0 = FloatVector.broadcast(F, queries[i]);
        s00 = x0.fma(y0, s00);
        s01 = x1.fma(y0, s01);
        s02 = x2.fma(y0, s02);
        s03 = x3.fma(y0, s03);
        if (ROWS > 1) {
          FloatVector y1 = FloatVector.broadcast(F, queries[i + headSize]);
          s10 = x0.fma(y1, s10);
          s11 = x1.fma(y1, s11);
          s12 = x2.fma(y1, s12);
          s13 = x3.fma(y1, s13);
        }
        if (ROWS > 2) {
          FloatVector y2 = FloatVector.broadcast(F, queries[i + 2 * headSize]);
          s20 = x0.fma(y2, s20);
          s21 = x1.fma(y2, s21);
          s22 = x2.fma(y2, s22);
          s23 = x3.fma(y2, s23);
        }
        if (ROWS > 3) {
          FloatVector y3 = FloatVector.broadcast(F, queries[i + 3 * headSize]);
          s30 = x0.fma(y3, s30);
          s31 = x1.fma(y3, s31);
          s32 = x2.fma(y3, s32);
          s33 = x3.fma(y3, s33);
        }
      }
    }
    FloatVector k0 = FloatVector.fromMemorySegment(F, ALL, scales, ORDER);
    FloatVector k1 = FloatVector.fromMemorySegment(F, ALL, scales + 4 * W, ORDER);
    FloatVector k2 = FloatVector.fromMemorySegment(F, ALL, scales + 8 * W, ORDER);
    FloatVector k3 = FloatVector.fromMemorySegment(F, ALL, scales + 12 * W, ORDER);
    int at0 = offset + group;
    int at1 = offset + group + W;
    int at2 = offset + group + 2 * W;
    int at3 = offset + group + 3 * W;
    s00.mul(k0).intoArray(scores, at0);
    s01.mul(k1).intoArray(scores, at1);
    s02.mul(k2).intoArray(scores, at2);
    s03.mul(k3).intoArray(scores, at3);
    if (ROWS > 1) {
      s10.mul(k0).intoArray(scores, at0 + stride);
      s11.mul(k1).intoArray(scores, at1 + stride);
      s12.mul(k2).intoArray(scores, at2 + stride);
      s13.mul(k3).intoArray(scores, at3 + stride);
    }
    if (ROWS > 2) {
      s20.mul(k0).intoArray(scores, at0 + 2 * stride);
      s21.mul(k1).intoArray(scores, at1 + 2 * stride);
      s22.mul(k2).intoArray(scores, at2 + 2 * stride);
      s23.mul(k3).intoArray(scores, at3 + 2 * stride);
    }
    if (ROWS > 3) {
      s30.mul(k0).intoArray(scores, at0 + 3 * stride);
      s31.mul(k1).intoArray(scores, at1 + 3 * stride);
      s32.mul(k2).intoArray(scores, at2 + 3 * stride);
      s33.mul(k3).intoArray(scores, at3 + 3 * stride);
    }
  }

  @Override
  public void values(
      int headSize,
      long values,
      int entries,
      float[] probabilities,
      float[] sums,
      int sum,
      long next) {

    PageLayout layout = layout(headSize);
    scaleProbabilities(
        values - layout.valuesOffset() + layout.valueScaleOffset(0), entries, probabilities);
    for (int group = 0; group < SUMS.groups(headSize); group++) {
      long address = values + 4L * SUMS.element(group, headSize);
      group(headSize, address, entries, probabilities, sums, SUMS.at(sum, group, 0));
    }
  }

  /**
   * Multiplies the values' scales into the probabilities. What is beyond the entries becomes 0: its
   * scales may be no numbers, and its bytes share ints with those of the last entry.
   */
  private static void scaleProbabilities(long scales, int entries, float[] probabilities) {
    for (int entry = 0; entry < entries; entry += W) {
      FloatVector stored = FloatVector.fromMemorySegment(F, ALL, scales + 4L * entry, ORDER);
      FloatVector scale = FloatVector.zero(F).blend(stored, F.indexInRange(entry, entries));
      for (int i = entry; i < entry + ROWS * TOKENS; i += TOKENS) {
        FloatVector.fromArray(F, probabilities, i).mul(scale).intoArray(probabilities, i);
      }
    }
  }

  /** Sums of four vectors of dimensions. */
  private static void group(
      int headSize, long values, int entries, float[] probabilities, float[] sums, int sum) {
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
    FloatVector s30 = FloatVector.zero(F);
    FloatVector s31 = FloatVector.zero(F);
    FloatVector s32 = FloatVector.zero(F);
    FloatVector s33 = FloatVector.zero(F);
    for (int entry = 0; entry < entries; entry += TOGETHER) {
      IntVector p0 = IntVector.fromMemorySegment(I, ALL, values, ORDER);
      IntVector p1 = IntVector.fromMemorySegment(I, ALL, values + 4 * W, ORDER);
      IntVector p2 = IntVector.fromMemorySegment(I, ALL, values + 8 * W, ORDER);
      IntVector p3 = IntVector.fromMemorySegment(I, ALL, values + 12 * W, ORDER);
      values += 4L * headSize;
      for (int i = entry + TOGETHER - 1; i >= entry; i--) {
        FloatVector x0 = highest(p0);
        FloatVector x1 = highest(p1);
        FloatVector x2 = highest(p2);
        FloatVector x3 = highest(p3);
        p0 = p0.lanewise(VectorOperators.LSHL, 8);
        p1 = p1.lanewise(VectorOperators.LSHL, 8);
        p2 = p2.lanewise(VectorOperators.LSHL, 8);
        p3 = p3.lanewise(VectorOperators.LSHL, 8);
        FloatVector y0 = FloatVector.broadcast(F, probabilities[i]);
        s00 = x0.fma(y0, s00);
        s01 = x1.fma(y0, s01);
        s02 = x2.fma(y0, s02);
        s03 = x3.fma(y0, s03);
        if (ROWS > 1) {
          FloatVector y1 = FloatVector.broadcast(F, probabilities[i + TOKENS]);
          s10 = x0.fma(y1, s10);
          s11 = x1.fma(y1, s11);
          s12 = x2.fma(y1, s12);
          s13 = x3.fma(y1, s13);
        }
        if (ROWS > 2) {
          FloatVector y2 = FloatVector.broadcast(F, probabilities[i + 2 * TOKENS]);
          s20 = x0.fma(y2, s20);
          s21 = x1.fma(y2, s21);
          s22 = x2.fma(y2, s22);
          s23 = x3.fma(y2, s23);
        }
        if (ROWS > 3) {
          FloatVector y3 = FloatVector.broadcast(F, probabilities[i + 3 * TOKENS]);
          s30 = x0.fma(y3, s30);
          s31 = x1.fma(y3, s31);
          s32 = x2.fma(y3, s32);
          s33 = x3.fma(y3, s33);
        }
      }
    }
    add(s00, sums, sum);
    add(s01, sums, sum + W);
    add(s02, sums, sum + 2 * W);
    add(s03, sums, sum + 3 * W);
    if (ROWS > 1) {
      add(s10, sums, sum + 4 * W);
      add(s11, sums, sum + 5 * W);
      add(s12, sums, sum + 6 * W);
      add(s13, sums, sum + 7 * W);
    }
    if (ROWS > 2) {
      add(s20, sums, sum + 8 * W);
      add(s21, sums, sum + 9 * W);
      add(s22, sums, sum + 10 * W);
      add(s23, sums, sum + 11 * W);
    }
    if (ROWS > 3) {
      add(s30, sums, sum + 12 * W);
      add(s31, sums, sum + 13 * W);
      add(s32, sums, sum + 14 * W);
      add(s33, sums, sum + 15 * W);
    }
  }

  /** The highest of four bytes in each lane. */
  private static FloatVector highest(IntVector bytes) {
    return (FloatVector) bytes.lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0);
  }

  private static void add(FloatVector vector, float[] target, int at) {
    vector.add(FloatVector.fromArray(F, target, at)).intoArray(target, at);
  }

  @Override
  public boolean readsPartners() {
    return false;
  }

  @Override
  public int sumsSize(int headSize) {
    return SUMS.size(headSize);
  }

  @Override
  public void scale(int headSize, float[] sums, int sum, int row, float factor) {
    SUMS.scale(headSize, sums, sum, row, factor);
  }

  @Override
  public void context(int headSize, float[] sums, int sum, int row, float[] context) {
    SUMS.context(headSize, sums, sum, row, context);
  }
}
