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
 * {@link PageProducts} in vectors (a template, see {@link Specialization}) of up to four rows.
 *
 * <p>Four vectors of keys or values are loaded once and multiplied with each row's element, so that
 * reading the cache, not arithmetic, is the limit. Lanes are entries for scores and dimensions for
 * values, so neither needs a horizontal sum. All branches on {@code ROWS} and {@code PAIRS} are
 * decided by the compiler. Accumulators are written out, since it keeps vectors in registers only
 * as local variables.
 */
final class VectorPageProducts implements PageProducts {
  private static final Specialization FOR = Specialization.of(MethodHandles.lookup());
  private static final VectorSpecies<Float> F = FOR.floats();
  private static final VectorSpecies<Integer> I = FOR.ints();
  private static final boolean PAIRS = FOR.type() == KvType.BFLOAT16;
  private static final int ROWS = FOR.rows();

  /** Elements of one sum that one load brings. */
  private static final int TOGETHER = PAIRS ? 2 : 1;

  private static final int W = F.length();
  private static final PageSums SUMS = new PageSums(W, ROWS);
  private static final int TOKENS = PageLayout.TOKENS;
  private static final int UPPER_HALF = 0xffff0000;
  private static final MemorySegment ALL = NativeMemory.ALL;
  private static final ByteOrder ORDER = NativeMemory.ORDER;

  @Override
  public void prepare(int headSize, float[] queries, int query) {}

  @Override
  public void scores(
      int headSize, long page, float[] queries, int query, float[] scores, int offset, int stride) {
    for (int group = 0; group < TOKENS; group += 4 * W) {
      long keys = page + 4L * group;
      scores(headSize, keys, group, queries, query, scores, offset, stride);
    }
  }

  /** Scores of four vectors of entries. */
  private static void scores(
      int headSize,
      long keys,
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
      FloatVector x0;
      FloatVector x1;
      FloatVector x2;
      FloatVector x3;
      FloatVector u0 = null;
      FloatVector u1 = null;
      FloatVector u2 = null;
      FloatVector u3 = null;
      if (PAIRS) {
        IntVector p0 = IntVector.fromMemorySegment(I, ALL, keys, ORDER);
        IntVector p1 = IntVector.fromMemorySegment(I, ALL, keys + 4 * W, ORDER);
        IntVector p2 = IntVector.fromMemorySegment(I, ALL, keys + 8 * W, ORDER);
        IntVector p3 = IntVector.fromMemorySegment(I, ALL, keys + 12 * W, ORDER);
        x0 = p0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
        x1 = p1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
        x2 = p2.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
        x3 = p3.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
        u0 = p0.and(UPPER_HALF).reinterpretAsFloats();
        u1 = p1.and(UPPER_HALF).reinterpretAsFloats();
        u2 = p2.and(UPPER_HALF).reinterpretAsFloats();
        u3 = p3.and(UPPER_HALF).reinterpretAsFloats();
      } else {
        x0 = FloatVector.fromMemorySegment(F, ALL, keys, ORDER);
        x1 = FloatVector.fromMemorySegment(F, ALL, keys + 4 * W, ORDER);
        x2 = FloatVector.fromMemorySegment(F, ALL, keys + 8 * W, ORDER);
        x3 = FloatVector.fromMemorySegment(F, ALL, keys + 12 * W, ORDER);
      }
      keys += 4 * TOKENS;
      FloatVector y0 = FloatVector.broadcast(F, queries[dim]);
      s00 = x0.fma(y0, s00);
      s01 = x1.fma(y0, s01);
      s02 = x2.fma(y0, s02);
      s03 = x3.fma(y0, s03);
      if (ROWS > 1) {
        FloatVector y1 = FloatVector.broadcast(F, queries[dim + headSize]);
        s10 = x0.fma(y1, s10);
        s11 = x1.fma(y1, s11);
        s12 = x2.fma(y1, s12);
        s13 = x3.fma(y1, s13);
      }
      if (ROWS > 2) {
        FloatVector y2 = FloatVector.broadcast(F, queries[dim + 2 * headSize]);
        s20 = x0.fma(y2, s20);
        s21 = x1.fma(y2, s21);
        s22 = x2.fma(y2, s22);
        s23 = x3.fma(y2, s23);
      }
      if (ROWS > 3) {
        FloatVector y3 = FloatVector.broadcast(F, queries[dim + 3 * headSize]);
        s30 = x0.fma(y3, s30);
        s31 = x1.fma(y3, s31);
        s32 = x2.fma(y3, s32);
        s33 = x3.fma(y3, s33);
      }
      if (PAIRS) {
        FloatVector y0u = FloatVector.broadcast(F, queries[dim + 1]);
        s00 = u0.fma(y0u, s00);
        s01 = u1.fma(y0u, s01);
        s02 = u2.fma(y0u, s02);
        s03 = u3.fma(y0u, s03);
        if (ROWS > 1) {
          FloatVector y1u = FloatVector.broadcast(F, queries[dim + headSize + 1]);
          s10 = u0.fma(y1u, s10);
          s11 = u1.fma(y1u, s11);
          s12 = u2.fma(y1u, s12);
          s13 = u3.fma(y1u, s13);
        }
        if (ROWS > 2) {
          FloatVector y2u = FloatVector.broadcast(F, queries[dim + 2 * headSize + 1]);
          s20 = u0.fma(y2u, s20);
          s21 = u1.fma(y2u, s21);
          s22 = u2.fma(y2u, s22);
          s23 = u3.fma(y2u, s23);
        }
        if (ROWS > 3) {
          FloatVector y3u = FloatVector.broadcast(F, queries[dim + 3 * headSize + 1]);
          s30 = u0.fma(y3u, s30);
          s31 = u1.fma(y3u, s31);
          s32 = u2.fma(y3u, s32);
          s33 = u3.fma(y3u, s33);
        }
      }
    }
    int at0 = offset + group;
    int at1 = offset + group + W;
    int at2 = offset + group + 2 * W;
    int at3 = offset + group + 3 * W;
    s00.intoArray(scores, at0);
    s01.intoArray(scores, at1);
    s02.intoArray(scores, at2);
    s03.intoArray(scores, at3);
    if (ROWS > 1) {
      s10.intoArray(scores, at0 + stride);
      s11.intoArray(scores, at1 + stride);
      s12.intoArray(scores, at2 + stride);
      s13.intoArray(scores, at3 + stride);
    }
    if (ROWS > 2) {
      s20.intoArray(scores, at0 + 2 * stride);
      s21.intoArray(scores, at1 + 2 * stride);
      s22.intoArray(scores, at2 + 2 * stride);
      s23.intoArray(scores, at3 + 2 * stride);
    }
    if (ROWS > 3) {
      s30.intoArray(scores, at0 + 3 * stride);
      s31.intoArray(scores, at1 + 3 * stride);
      s32.intoArray(scores, at2 + 3 * stride);
      s33.intoArray(scores, at3 + 3 * stride);
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
    for (int group = 0; group < SUMS.groups(headSize); group++) {
      long address = values + 4L * SUMS.element(group, headSize);
      group(headSize, address, entries, probabilities, sums, SUMS.at(sum, group, 0));
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
      FloatVector x0;
      FloatVector x1;
      FloatVector x2;
      FloatVector x3;
      FloatVector u0 = null;
      FloatVector u1 = null;
      FloatVector u2 = null;
      FloatVector u3 = null;
      if (PAIRS) {
        IntVector p0 = IntVector.fromMemorySegment(I, ALL, values, ORDER);
        IntVector p1 = IntVector.fromMemorySegment(I, ALL, values + 4 * W, ORDER);
        IntVector p2 = IntVector.fromMemorySegment(I, ALL, values + 8 * W, ORDER);
        IntVector p3 = IntVector.fromMemorySegment(I, ALL, values + 12 * W, ORDER);
        x0 = p0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
        x1 = p1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
        x2 = p2.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
        x3 = p3.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
        u0 = p0.and(UPPER_HALF).reinterpretAsFloats();
        u1 = p1.and(UPPER_HALF).reinterpretAsFloats();
        u2 = p2.and(UPPER_HALF).reinterpretAsFloats();
        u3 = p3.and(UPPER_HALF).reinterpretAsFloats();
      } else {
        x0 = FloatVector.fromMemorySegment(F, ALL, values, ORDER);
        x1 = FloatVector.fromMemorySegment(F, ALL, values + 4 * W, ORDER);
        x2 = FloatVector.fromMemorySegment(F, ALL, values + 8 * W, ORDER);
        x3 = FloatVector.fromMemorySegment(F, ALL, values + 12 * W, ORDER);
      }
      values += 4L * headSize;
      FloatVector y0 = FloatVector.broadcast(F, probabilities[entry]);
      s00 = x0.fma(y0, s00);
      s01 = x1.fma(y0, s01);
      s02 = x2.fma(y0, s02);
      s03 = x3.fma(y0, s03);
      if (ROWS > 1) {
        FloatVector y1 = FloatVector.broadcast(F, probabilities[entry + TOKENS]);
        s10 = x0.fma(y1, s10);
        s11 = x1.fma(y1, s11);
        s12 = x2.fma(y1, s12);
        s13 = x3.fma(y1, s13);
      }
      if (ROWS > 2) {
        FloatVector y2 = FloatVector.broadcast(F, probabilities[entry + 2 * TOKENS]);
        s20 = x0.fma(y2, s20);
        s21 = x1.fma(y2, s21);
        s22 = x2.fma(y2, s22);
        s23 = x3.fma(y2, s23);
      }
      if (ROWS > 3) {
        FloatVector y3 = FloatVector.broadcast(F, probabilities[entry + 3 * TOKENS]);
        s30 = x0.fma(y3, s30);
        s31 = x1.fma(y3, s31);
        s32 = x2.fma(y3, s32);
        s33 = x3.fma(y3, s33);
      }
      // The partner of an odd number's last is not an entry, and may be no number.
      if (PAIRS && entry + 1 < entries) {
        FloatVector y0u = FloatVector.broadcast(F, probabilities[entry + 1]);
        s00 = u0.fma(y0u, s00);
        s01 = u1.fma(y0u, s01);
        s02 = u2.fma(y0u, s02);
        s03 = u3.fma(y0u, s03);
        if (ROWS > 1) {
          FloatVector y1u = FloatVector.broadcast(F, probabilities[entry + TOKENS + 1]);
          s10 = u0.fma(y1u, s10);
          s11 = u1.fma(y1u, s11);
          s12 = u2.fma(y1u, s12);
          s13 = u3.fma(y1u, s13);
        }
        if (ROWS > 2) {
          FloatVector y2u = FloatVector.broadcast(F, probabilities[entry + 2 * TOKENS + 1]);
          s20 = u0.fma(y2u, s20);
          s21 = u1.fma(y2u, s21);
          s22 = u2.fma(y2u, s22);
          s23 = u3.fma(y2u, s23);
        }
        if (ROWS > 3) {
          FloatVector y3u = FloatVector.broadcast(F, probabilities[entry + 3 * TOKENS + 1]);
          s30 = u0.fma(y3u, s30);
          s31 = u1.fma(y3u, s31);
          s32 = u2.fma(y3u, s32);
          s33 = u3.fma(y3u, s33);
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
