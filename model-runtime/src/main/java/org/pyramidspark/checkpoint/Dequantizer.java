package org.pyramidspark.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Turns a tensor's stored elements into float32. The layouts are those of ggml, which defines them.
 */
final class Dequantizer {
  static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  private Dequantizer() {}

  /** Decodes one block. */
  interface BlockDecoder {
    /**
     * @param at the block's first byte in {@code source}
     * @param block where its elements go, from 0 on
     */
    void decode(MemorySegment source, long at, float[] block);
  }

  /**
   * Decodes a whole tensor.
   *
   * @param source the tensor's bytes
   * @param elements how many elements; whole blocks
   * @param target at least {@code 4 * elements} bytes, native byte order
   */
  static void dequantize(
      TensorType type, MemorySegment source, long elements, MemorySegment target) {
    switch (type) {
      case F32 -> {
        for (long i = 0; i < elements; i++) {
          target.set(FLOAT, 4 * i, Float.intBitsToFloat(source.get(INT, 4 * i)));
        }
      }
      case F16 -> {
        for (long i = 0; i < elements; i++) {
          target.set(FLOAT, 4 * i, half(source, 2 * i));
        }
      }
      case BF16 -> {
        for (long i = 0; i < elements; i++) {
          target.set(FLOAT, 4 * i, Float.intBitsToFloat(source.get(SHORT, 2 * i) << 16));
        }
      }
      case Q4_0 -> blocks(type, SmallBlocks::q40, source, elements, target);
      case Q4_1 -> blocks(type, SmallBlocks::q41, source, elements, target);
      case Q5_0 -> blocks(type, SmallBlocks::q50, source, elements, target);
      case Q5_1 -> blocks(type, SmallBlocks::q51, source, elements, target);
      case Q8_0 -> blocks(type, SmallBlocks::q80, source, elements, target);
      case Q4_K -> blocks(type, SuperBlocks::q4k, source, elements, target);
      case Q5_K -> blocks(type, SuperBlocks::q5k, source, elements, target);
      case Q6_K -> blocks(type, SuperBlocks::q6k, source, elements, target);
    }
  }

  private static void blocks(
      TensorType type,
      BlockDecoder decoder,
      MemorySegment source,
      long elements,
      MemorySegment target) {
    int size = type.blockElements();
    float[] block = new float[size];
    for (long i = 0; i < elements / size; i++) {
      decoder.decode(source, i * type.blockBytes(), block);
      MemorySegment.copy(block, 0, target, FLOAT, 4 * i * size, size);
    }
  }

  /** The float16 at a byte. */
  static float half(MemorySegment source, long at) {
    return Float.float16ToFloat(source.get(SHORT, at));
  }

  /** The unsigned byte at a byte. */
  static int unsigned(MemorySegment source, long at) {
    return source.get(ValueLayout.JAVA_BYTE, at) & 0xff;
  }
}
