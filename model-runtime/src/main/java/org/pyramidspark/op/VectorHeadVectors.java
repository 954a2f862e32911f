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
import org.pyramidspark.cache.Int8;
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

  /** One and a half times 2^23: floats about it are neighbouring whole numbers. */
  private static final float WHOLE_NUMBERS = 0x1.8p23f;

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
      case INT8 -> {
        quantise(key, headSize, page + layout.keyScaleOffset(entry));
        for (int dim = 0; dim < headSize; dim += 4, address += stride) {
          ALL.set(NativeMemory.INT, address, four(key, dim));
        }
      }
    }
  }

  @Override
  public void putValue(PageLayout layout, long page, int entry, float[] value) {
    int headSize = layout.headSize();
    switch (layout.type()) {
      case FLOAT32 ->
          MemorySegment.copy(
              value, 0, ALL, NativeMemory.FLOAT, page + layout.valueOffset(entry, 0), headSize);
      case BFLOAT16 -> {
        long address = page + layout.valueOffset(entry & ~1, 0);
        if (entry % 2 == 0) {
          putEven(address, value, headSize);
        } else {
          putOdd(address, value, headSize);
        }
      }
      case INT8 -> {
        quantise(value, headSize, page + layout.valueScaleOffset(entry));
        putFourth(page + layout.valueOffset(entry & ~3, 0), value, headSize, entry % 4);
      }
    }
  }

  /**
   * Stores a vector's scale and leaves its elements as floats whose lowest byte is what {@link
   * Int8} makes of them: so far above 1, floats are whole numbers, and adding rounds to nearest,
   * ties to even. Elements over a scale of 0 become infinite or no numbers, whose lowest byte is 0.
   */
  private static void quantise(float[] vector, int count, long scaleAddress) {
    FloatVector largestLanes = FloatVector.zero(F);
    int i = 0;
    for (; i <= count - W; i += W) {
      largestLanes = largestLanes.max(FloatVector.fromArray(F, vector, i).abs());
    }
    float largest = largestLanes.reduceLanes(VectorOperators.MAX);
    for (; i < count; i++) {
      largest = Math.max(largest, Math.abs(vector[i]));
    }
    float scale = Int8.scale(largest);
    NativeMemory.putFloat(scaleAddress, scale);
    i = 0;
    for (; i <= count - W; i += W) {
      FloatVector.fromArray(F, vector, i).div(scale).add(WHOLE_NUMBERS).intoArray(vector, i);
    }
    for (; i < count; i++) {
      vector[i] = vector[i] / scale + WHOLE_NUMBERS;
    }
  }

  /** The lowest bytes of four neighbours, in order. */
  private static int four(float[] vector, int from) {
    return Float.floatToRawIntBits(vector[from]) & 0xff
        | (Float.floatToRawIntBits(vector[from + 1]) & 0xff) << 8
        | (Float.floatToRawIntBits(vector[from + 2]) & 0xff) << 16
        | Float.floatToRawIntBits(vector[from + 3]) << 24;
  }

  /**
   * Stores elements' lowest bytes as one of the four in each int; the first of them makes the
   * others 0.
   */
  private static void putFourth(long address, float[] vector, int count, int which) {
    int shift = 8 * which;
    int others = which == 0 ? 0 : ~(0xff << shift);
    int i = 0;
    for (; i <= count - W; i += W) {
      IntVector kept = IntVector.fromMemorySegment(I, ALL, address + 4L * i, ORDER).and(others);
      FloatVector.fromArray(F, vector, i)
          .reinterpretAsInts()
          .and(0xff)
          .lanewise(VectorOperators.LSHL, shift)
          .or(kept)
          .intoMemorySegment(ALL, address + 4L * i, ORDER);
    }
    for (; i < count; i++) {
      int kept = ALL.get(NativeMemory.INT, address + 4L * i) & others;
      int element = (Float.floatToRawIntBits(vector[i]) & 0xff) << shift;
      ALL.set(NativeMemory.INT, address + 4L * i, kept | element);
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
      case INT8 -> byteKeys(layout, page, target);
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
      case INT8 -> {
        for (int entry = 0; entry < entries; entry++) {
          byteValue(layout, page, entry, target, entry * stride);
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

  /** Each int has four dimensions of an entry; the lanes' scales are the entries'. */
  private static void byteKeys(PageLayout layout, long page, float[] target) {
    for (int entry = 0; entry < PageLayout.TOKENS; entry += W) {
      long scales = page + layout.keyScaleOffset(entry);
      FloatVector scale = FloatVector.fromMemorySegment(F, ALL, scales, ORDER);
      for (int dim = 0; dim < layout.headSize(); dim += 4) {
        long four = page + layout.keyOffset(entry, dim);
        IntVector bytes = IntVector.fromMemorySegment(I, ALL, four, ORDER);
        int to = dim * PageLayout.TOKENS + entry;
        element(bytes, 24).mul(scale).intoArray(target, to);
        element(bytes, 16).mul(scale).intoArray(target, to + PageLayout.TOKENS);
        element(bytes, 8).mul(scale).intoArray(target, to + 2 * PageLayout.TOKENS);
        element(bytes, 0).mul(scale).intoArray(target, to + 3 * PageLayout.TOKENS);
      }
    }
  }

  /** Each int has four entries of a dimension, of which one is taken. */
  private static void byteValue(
      PageLayout layout, long page, int entry, float[] target, int offset) {
    float scale = NativeMemory.floatAt(page + layout.valueScaleOffset(entry));
    long address = page + layout.valueOffset(entry & ~3, 0);
    int above = 24 - 8 * (entry % 4);
    int dim = 0;
    for (; dim <= layout.headSize() - W; dim += W) {
      IntVector bytes = IntVector.fromMemorySegment(I, ALL, address + 4L * dim, ORDER);
      element(bytes, above).mul(scale).intoArray(target, offset + dim);
    }
    for (; dim < layout.headSize(); dim++) {
      target[offset + dim] = layout.value(page, entry, dim);
    }
  }

  /** One of four bytes in each lane, above which there are so many bits. */
  private static FloatVector element(IntVector bytes, int above) {
    return (FloatVector)
        bytes
            .lanewise(VectorOperators.LSHL, above)
            .lanewise(VectorOperators.ASHR, 24)
            .convert(VectorOperators.I2F, 0);
  }

  @Override
  public void putPairs(float[] source, int even, int odd, int count, long target) {
    int i = 0;
    for (; i <= count - W; i += W) {
      IntVector upper = rounded(FloatVector.fromArray(F, source, odd + i)).and(UPPER_HALF);
      rounded(FloatVector.fromArray(F, source, even + i))
          .lanewise(VectorOperators.LSHR, 16)
          .or(upper)
          .intoMemorySegment(ALL, target + 4L * i, ORDER);
    }
    for (; i < count; i++) {
      ALL.set(NativeMemory.INT, target + 4L * i, BFloat16.pair(source[even + i], source[odd + i]));
    }
  }
}
