package org.pyramidspark.op;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import org.pyramidspark.cache.BFloat16;
import org.pyramidspark.cache.NativeMemory;
import org.pyramidspark.config.ComputeType;

/** Moves single heads' vectors between native memory and {@code float[]}, and rotates them. */
final class VectorRows {
  private static final int W = VectorWidth.LANES;

  private VectorRows() {}

  /** Reads {@code count} elements at an address, widened to float32. */
  static void read(long address, ComputeType type, float[] target, int count) {
    int i = 0;
    switch (type) {
      case FLOAT32 -> {
        for (; i <= count - W; i += W) {
          FloatVector.fromMemorySegment(
                  VectorWidth.FLOATS, NativeMemory.ALL, address + 4L * i, NativeMemory.ORDER)
              .intoArray(target, i);
        }
        for (; i < count; i++) {
          target[i] = NativeMemory.floatAt(address + 4L * i);
        }
      }
      case BFLOAT16 -> {
        for (; i <= count - W; i += W) {
          ((IntVector)
                  ShortVector.fromMemorySegment(
                          VectorWidth.HALF_SHORTS,
                          NativeMemory.ALL,
                          address + 2L * i,
                          NativeMemory.ORDER)
                      .convertShape(VectorOperators.ZERO_EXTEND_S2I, VectorWidth.INTS, 0))
              .lanewise(VectorOperators.LSHL, 16)
              .reinterpretAsFloats()
              .intoArray(target, i);
        }
        for (; i < count; i++) {
          target[i] = NativeMemory.bfloat16At(address + 2L * i);
        }
      }
    }
  }

  /** Writes {@code count} elements to an address, rounded to the type. */
  static void write(float[] source, long address, ComputeType type, int count) {
    int i = 0;
    switch (type) {
      case FLOAT32 -> {
        for (; i <= count - W; i += W) {
          FloatVector.fromArray(VectorWidth.FLOATS, source, i)
              .intoMemorySegment(NativeMemory.ALL, address + 4L * i, NativeMemory.ORDER);
        }
        for (; i < count; i++) {
          NativeMemory.putFloat(address + 4L * i, source[i]);
        }
      }
      case BFLOAT16 -> {
        for (; i <= count - W; i += W) {
          rounded(FloatVector.fromArray(VectorWidth.FLOATS, source, i))
              .lanewise(VectorOperators.LSHR, 16)
              .convertShape(VectorOperators.I2S, VectorWidth.HALF_SHORTS, 0)
              .reinterpretAsShorts()
              .intoMemorySegment(NativeMemory.ALL, address + 2L * i, NativeMemory.ORDER);
        }
        for (; i < count; i++) {
          NativeMemory.ALL.set(
              NativeMemory.SHORT, address + 2L * i, BFloat16.fromFloat(source[i]));
        }
      }
    }
  }

  /** The bits of floats whose upper half is the nearest bfloat16, ties to even. */
  static IntVector rounded(FloatVector values) {
    IntVector bits = values.reinterpretAsInts();
    IntVector odd = bits.lanewise(VectorOperators.LSHR, 16).and(1);
    IntVector nearest = bits.add(odd).add(0x7fff);
    // A NaN's bits must not carry over into an infinity.
    return nearest.blend(
        bits.or(0x400000), values.test(VectorOperators.IS_NAN).cast(VectorWidth.INTS));
  }

  /** Turns one head's vector to a position, in place, and multiplies it. */
  static void rotate(
      float[] vector, int pairs, RotaryTable rotary, int position, float scale) {
    int row = rotary.row(position);
    float[] cosines = rotary.cosines();
    float[] sines = rotary.sines();
    int i = 0;
    for (; i <= pairs - W; i += W) {
      FloatVector cosine = FloatVector.fromArray(VectorWidth.FLOATS, cosines, row + i).mul(scale);
      FloatVector sine = FloatVector.fromArray(VectorWidth.FLOATS, sines, row + i).mul(scale);
      FloatVector first = FloatVector.fromArray(VectorWidth.FLOATS, vector, i);
      FloatVector second = FloatVector.fromArray(VectorWidth.FLOATS, vector, i + pairs);
      first.mul(cosine).sub(second.mul(sine)).intoArray(vector, i);
      second.mul(cosine).add(first.mul(sine)).intoArray(vector, i + pairs);
    }
    for (; i < pairs; i++) {
      float cosine = cosines[row + i] * scale;
      float sine = sines[row + i] * scale;
      float first = vector[i];
      float second = vector[i + pairs];
      vector[i] = first * cosine - second * sine;
      vector[i + pairs] = second * cosine + first * sine;
    }
  }
}
