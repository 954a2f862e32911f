package org.pyramidspark.op;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.pyramidspark.cache.NativeMemory;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.KvType;

/** {@link RowLoops} in vectors (a template, see {@link Specialization}), with scalar tails. */
final class VectorRowLoops implements RowLoops {
  private static final Specialization FOR = Specialization.of(MethodHandles.lookup());
  private static final VectorSpecies<Float> F = FOR.floats();
  private static final VectorSpecies<Integer> I = FOR.ints();
  private static final VectorSpecies<Short> S = FOR.halfShorts();
  private static final boolean HALF = FOR.type() == KvType.BFLOAT16;
  private static final ComputeType TYPE = HALF ? ComputeType.BFLOAT16 : ComputeType.FLOAT32;
  private static final int BYTES = HALF ? 2 : 4;
  private static final int W = F.length();
  private static final MemorySegment ALL = NativeMemory.ALL;
  private static final ByteOrder ORDER = NativeMemory.ORDER;
  private static final ScalarRowKernels SCALAR = new ScalarRowKernels();

  /** Adding it rounds to an integer and leaves that integer in the low bits: 1.5 * 2^23. */
  private static final float ROUNDER = 12582912f;

  /** The bits of -127, whose power comes out as exactly 0. */
  private static final int LOWEST = 0xc2fe0000;

  private static final float LOG2_E = 1.442695f;

  private static FloatVector load(long row, int index) {
    if (!HALF) {
      return FloatVector.fromMemorySegment(F, ALL, row + 4L * index, ORDER);
    }
    return ShortVector.fromMemorySegment(S, ALL, row + 2L * index, ORDER)
        .convertShape(VectorOperators.ZERO_EXTEND_S2I, I, 0)
        .reinterpretAsInts()
        .lanewise(VectorOperators.LSHL, 16)
        .reinterpretAsFloats();
  }

  private static void store(FloatVector vector, long row, int index) {
    if (!HALF) {
      vector.intoMemorySegment(ALL, row + 4L * index, ORDER);
      return;
    }
    // To nearest, ties to even; NaN must not carry over into the sign.
    IntVector bits = vector.reinterpretAsInts();
    bits.add(bits.lanewise(VectorOperators.LSHR, 16).and(1))
        .add(0x7fff)
        .blend(bits.or(0x400000), vector.test(VectorOperators.IS_NAN).cast(I))
        .lanewise(VectorOperators.LSHR, 16)
        .convertShape(VectorOperators.I2S, S, 0)
        .reinterpretAsShorts()
        .intoMemorySegment(ALL, row + 2L * index, ORDER);
  }

  @Override
  public void addNorm(
      ComputeType deltaType,
      int width,
      float epsilon,
      long residual,
      long delta,
      long scale,
      long sum,
      long normed) {
    float total =
        deltaType == ComputeType.FLOAT32
            ? addFloats(width, residual, delta, sum)
            : addElements(width, residual, delta, sum);
    int i = width / W * W;
    for (; i < width; i++) {
      float before =
          residual == RowKernels.NO_RESIDUAL ? 0 : NativeMemory.floatAt(residual + 4L * i);
      float after = before + Elements.at(deltaType, delta, i);
      NativeMemory.putFloat(sum + 4L * i, after);
      total += after * after;
    }
    scale(width, (float) (1 / Math.sqrt(total / width + epsilon)), scale, sum, normed);
  }

  /**
   * Adds whole vectors of a float32 delta; returns the sum of their squares. A loop for each type
   * of delta: a vector that comes out of a choice between two is an object to the compiler, and
   * norms took three times as long.
   */
  private static float addFloats(int width, long residual, long delta, long sum) {
    FloatVector squares = FloatVector.zero(F);
    for (int i = 0; i <= width - W; i += W) {
      FloatVector after = FloatVector.fromMemorySegment(F, ALL, delta + 4L * i, ORDER);
      if (residual != RowKernels.NO_RESIDUAL) {
        after = after.add(FloatVector.fromMemorySegment(F, ALL, residual + 4L * i, ORDER));
      }
      squares = after.fma(after, squares);
      after.intoMemorySegment(ALL, sum + 4L * i, ORDER);
    }
    return sum(squares);
  }

  /** The same of a delta of the template's type. */
  private static float addElements(int width, long residual, long delta, long sum) {
    FloatVector squares = FloatVector.zero(F);
    for (int i = 0; i <= width - W; i += W) {
      FloatVector after = load(delta, i);
      if (residual != RowKernels.NO_RESIDUAL) {
        after = after.add(FloatVector.fromMemorySegment(F, ALL, residual + 4L * i, ORDER));
      }
      squares = after.fma(after, squares);
      after.intoMemorySegment(ALL, sum + 4L * i, ORDER);
    }
    return sum(squares);
  }

  /**
   * The lanes' sum, always in the same order: that of the vectors' own reduction is left open, and
   * differs between compiled and interpreted code.
   */
  private static float sum(FloatVector vector) {
    FloatVector sum = vector;
    if (W > 8) {
      sum = sum.add(sum.unslice(8));
    }
    if (W > 4) {
      sum = sum.add(sum.unslice(4));
    }
    sum = sum.add(sum.unslice(2));
    sum = sum.add(sum.unslice(1));
    return sum.lane(W - 1);
  }

  private static void scale(int width, float inverse, long scale, long sum, long normed) {
    int i = 0;
    for (; i <= width - W; i += W) {
      FloatVector unit = FloatVector.fromMemorySegment(F, ALL, sum + 4L * i, ORDER).mul(inverse);
      store(unit.mul(FloatVector.fromMemorySegment(F, ALL, scale + 4L * i, ORDER)), normed, i);
    }
    for (; i < width; i++) {
      float unit = NativeMemory.floatAt(sum + 4L * i) * inverse;
      Elements.put(TYPE, normed, i, unit * NativeMemory.floatAt(scale + 4L * i));
    }
  }

  @Override
  public void swiGlu(int width, long gate, long up, long target) {
    int i = 0;
    for (; i <= width - W; i += W) {
      FloatVector x = load(gate, i);
      store(x.mul(sigmoid(x)).mul(load(up, i)), target, i);
    }
    if (i < width) {
      long done = (long) i * BYTES;
      SCALAR.swiGlu(TYPE, width - i, gate + done, up + done, target + done);
    }
  }

  /**
   * With e = exp(-|x|), which is at most 1: 1 / (1 + e) for positive x, e / (1 + e) for negative. e
   * is 2^y by the exponent's bits and a polynomial on [-1/2, 1/2], as in {@link VectorSoftmax}.
   */
  private static FloatVector sigmoid(FloatVector x) {
    FloatVector exponent =
        x.abs()
            .mul(-LOG2_E)
            .reinterpretAsInts()
            .lanewise(VectorOperators.MIN, LOWEST)
            .reinterpretAsFloats();
    FloatVector shifted = exponent.add(ROUNDER);
    FloatVector rest = exponent.sub(shifted.sub(ROUNDER));
    FloatVector power = FloatVector.broadcast(F, 0x1.5bba14p-10f);
    power = power.fma(rest, FloatVector.broadcast(F, 0x1.3cea88p-7f));
    power = power.fma(rest, FloatVector.broadcast(F, 0x1.c6b752p-5f));
    power = power.fma(rest, FloatVector.broadcast(F, 0x1.ebf9bcp-3f));
    power = power.fma(rest, FloatVector.broadcast(F, 0x1.62e42ap-1f));
    power = power.fma(rest, FloatVector.broadcast(F, 1f));
    FloatVector e =
        power
            .reinterpretAsInts()
            .add(shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23))
            .reinterpretAsFloats();
    FloatVector one = FloatVector.broadcast(F, 1f);
    return e.blend(one, x.compare(VectorOperators.GE, 0f)).div(e.add(one));
  }
}
