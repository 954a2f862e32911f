package org.pyramidspark.op;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.pyramidspark.cache.BFloat16;
import org.pyramidspark.cache.NativeMemory;
import org.pyramidspark.cache.PageLayout;

/**
 * {@link HeadVectors} in vectors (a template, see {@link Specialization}): vector bodies and scalar
 * tails. The rotation rounds as the scalar one does, so that both store the same bits.
 */
final class VectorHeadVectors implements HeadVectors {
  private static final VectorSpecies<Float> F = Specialization.of(MethodHandles.lookup()).floats();
  private static final VectorSpecies<Integer> I = Specialization.of(MethodHandles.lookup()).ints();
  private static final VectorSpecies<Short> S =
      Specialization.of(MethodHandles.lookup()).halfShorts();
  private static final int W = F.length();
  private static final MemorySegment ALL = NativeMemory.ALL;
  private static final ByteOrder ORDER = NativeMemory.ORDER;
  private static final int UPPER_HALF = 0xffff0000;

  @Override
  public void rotated(ProjectedRows rows, long vector, int row, float factor, float[] target) {
    read(rows, vector, target);
    RotaryTable rotary = rows.rotary();
    int angles = rotary.row(rows.positions()[row]);
    float[] cosines = rotary.cosines();
    float[] sines = rotary.sines();
    int pairs = rows.model().headSize() / 2;
    int i = 0;
    for (; i <= pairs - W; i += W) {
      FloatVector cosine = FloatVector.fromArray(F, cosines, angles + i);
      FloatVector sine = FloatVector.fromArray(F, sines, angles + i);
      FloatVector first = FloatVector.fromArray(F, target, i);
      FloatVector second = FloatVector.fromArray(F, target, i + pairs);
      first.mul(cosine).sub(second.mul(sine)).mul(factor).intoArray(target, i);
      second.mul(cosine).add(first.mul(sine)).mul(factor).intoArray(target, i + pairs);
    }
    for (; i < pairs; i++) {
      float first = target[i];
      float second = target[i + pairs];
      target[i] = (first * cosines[angles + i] - second * sines[angles + i]) * factor;
      target[i + pairs] = (second * cosines[angles + i] + first * sines[angles + i]) * factor;
    }
  }

  @Override
  public void read(ProjectedRows rows, long vector, float[] target) {
    switch (rows.type()) {
      case FLOAT32 ->
          MemorySegment.copy(ALL, NativeMemory.FLOAT, vector, target, 0, rows.model().headSize());
      case BFLOAT16 -> widen(vector, target, rows.model().headSize());
    }
  }

  private static void widen(long address, float[] target, int count) {
    int i = 0;
    for (; i <= count - W; i += W) {
      ShortVector.fromMemorySegment(S, ALL, address + 2L * i, ORDER)
          .convertShape(VectorOperators.ZERO_EXTEND_S2I, I, 0)
          .reinterpretAsInts()
          .lanewise(VectorOperators.LSHL, 16)
          .reinterpretAsFloats()
          .intoArray(target, i);
    }
    for (; i < count; i++) {
      target[i] = NativeMemory.bfloat16At(address + 2L * i);
    }
  }

  @Override
  public void write(float[] vector, float factor, ContextRows context, long target) {
    int count = context.model().headSize();
    switch (context.type()) {
      case FLOAT32 -> writeFloats(vector, factor, target, count);
      case BFLOAT16 -> writeBfloats(vector, factor, target, count);
    }
  }

  private static void writeFloats(float[] vector, float factor, long target, int count) {
    int i = 0;
    for (; i <= count - W; i += W) {
      FloatVector.fromArray(F, vector, i)
          .mul(factor)
          .intoMemorySegment(ALL, target + 4L * i, ORDER);
    }
    for (; i < count; i++) {
      NativeMemory.putFloat(target + 4L * i, vector[i] * factor);
    }
  }

  private static void writeBfloats(float[] vector, float factor, long target, int count) {
    int i = 0;
    for (; i <= count - W; i += W) {
      rounded(FloatVector.fromArray(F, vector, i).mul(factor))
          .lanewise(VectorOperators.LSHR, 16)
          .convertShape(VectorOperators.I2S, S, 0)
          .reinterpretAsShorts()
          .intoMemorySegment(ALL, target + 2L * i, ORDER);
    }
    for (; i < count; i++) {
      NativeMemory.putBfloat16(target + 2L * i, vector[i] * factor);
    }
  }

  /** Bits whose upper half is the nearest bfloat16, ties to even; NaN must not carry over. */
  private static IntVector rounded(FloatVector vector) {
    IntVector bits = vector.reinterpretAsInts();
    IntVector odd = bits.lanewise(VectorOperators.LSHR, 16).and(1);
    return bits.add(odd)
        .add(0x7fff)
        .blend(bits.or(0x400000), vector.test(VectorOperators.IS_NAN).cast(I));
  }

  /** One element in each row of the transposed keys, so stored one by one. */
  @Override
  public void putKey(PageLayout layout, long page, int entry, float[] key) {
    long address = page + layout.keyOffset(entry, 0);
    int headSize = layout.headSize();
    int stride = 4 * PageLayout.TOKENS;
    switch (layout.type()) {
      case FLOAT32 -> {
        for (int dim = 0; dim < headSize; dim++, address += stride) {
          NativeMemory.putFloat(address, key[dim]);
        }
      }
      case BFLOAT16 -> {
        for (int dim = 0; dim < headSize; dim += 2, address += stride) {
          ALL.set(NativeMemory.INT, address, BFloat16.pair(key[dim], key[dim + 1]));
        }
      }
    }
  }

  @Override
  public void putValue(PageLayout layout, long page, int entry, float[] value) {
    long address = page + layout.valueOffset(entry & ~1, 0);
    int headSize = layout.headSize();
    switch (layout.type()) {
      case FLOAT32 ->
          MemorySegment.copy(
              value, 0, ALL, NativeMemory.FLOAT, page + layout.valueOffset(entry, 0), headSize);
      case BFLOAT16 -> {
        if (entry % 2 == 0) {
          putEven(address, value, headSize);
        } else {
          putOdd(address, value, headSize);
        }
      }
    }
  }

  /** Fills the lower halves; the upper ones become 0, which is a number whatever was there. */
  private static void putEven(long address, float[] value, int count) {
    int i = 0;
    for (; i <= count - W; i += W) {
      rounded(FloatVector.fromArray(F, value, i))
          .lanewise(VectorOperators.LSHR, 16)
          .intoMemorySegment(ALL, address + 4L * i, ORDER);
    }
    for (; i < count; i++) {
      ALL.set(NativeMemory.INT, address + 4L * i, BFloat16.pair(value[i], 0));
    }
  }

  /** Fills the upper halves. */
  private static void putOdd(long address, float[] value, int count) {
    int i = 0;
    for (; i <= count - W; i += W) {
      IntVector even = IntVector.fromMemorySegment(I, ALL, address + 4L * i, ORDER).and(0xffff);
      rounded(FloatVector.fromArray(F, value, i))
          .and(UPPER_HALF)
          .or(even)
          .intoMemorySegment(ALL, address + 4L * i, ORDER);
    }
    for (; i < count; i++) {
      NativeMemory.putBfloat16(address + 4L * i + 2, value[i]);
    }
  }

  @Override
  public void keys(PageLayout layout, long page, float[] target) {
    int count = layout.headSize() * PageLayout.TOKENS;
    switch (layout.type()) {
      case FLOAT32 -> MemorySegment.copy(ALL, NativeMemory.FLOAT, page, target, 0, count);
      case BFLOAT16 -> {
        for (int i = 0; i < count; i += 2 * PageLayout.TOKENS) {
          widen(page + 2L * i, PageLayout.TOKENS, target, i, i + PageLayout.TOKENS);
        }
      }
    }
  }

  @Override
  public void values(PageLayout layout, long page, int entries, float[] target, int stride) {
    int headSize = layout.headSize();
    long from = page + layout.valuesOffset();
    switch (layout.type()) {
      case FLOAT32 -> {
        for (int entry = 0; entry < entries; entry++, from += 4L * headSize) {
          MemorySegment.copy(ALL, NativeMemory.FLOAT, from, target, entry * stride, headSize);
        }
      }
      case BFLOAT16 -> {
        for (int entry = 0; entry < entries; entry += 2, from += 4L * headSize) {
          widen(from, headSize, target, entry * stride, (entry + 1) * stride);
        }
      }
    }
  }

  /** The lower halves of so many ints, and the upper ones. */
  private static void widen(long address, int count, float[] target, int lower, int upper) {
    int i = 0;
    for (; i <= count - W; i += W) {
      IntVector both = IntVector.fromMemorySegment(I, ALL, address + 4L * i, ORDER);
      both.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().intoArray(target, lower + i);
      both.and(UPPER_HALF).reinterpretAsFloats().intoArray(target, upper + i);
    }
    for (; i < count; i++) {
      target[lower + i] = NativeMemory.bfloat16At(address + 4L * i);
      target[upper + i] = NativeMemory.bfloat16At(address + 4L * i + 2);
    }
  }
}
