package org.pyramidspark.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;

/**
 * Turns a tensor's stored elements into float32. The layouts are those of ggml, which defines them.
 * Arrays, not memory segments: models are read while the JVM still warms up, and code that is not
 * optimised yet reads arrays several times as fast.
 */
final class Dequantizer {
  private Dequantizer() {}

  /** Decodes one block. */
  interface BlockDecoder {
    /**
     * @param at the block's first byte in {@code source}
     * @param to where its first element goes in {@code target}
     */
    void decode(byte[] source, int at, float[] target, int to);
  }

  /**
   * Decodes elements.
   *
   * @param source the bytes of whole blocks
   * @param target as many elements as they hold
   */
  static void dequantize(TensorType type, byte[] source, float[] target) {
    switch (type) {
      case F32 ->
          ByteBuffer.wrap(source).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(target);
      case F16 -> {
        ShortBuffer shorts = shorts(source);
        for (int i = 0; i < target.length; i++) {
          target[i] = Float.float16ToFloat(shorts.get(i));
        }
      }
      case BF16 -> {
        ShortBuffer shorts = shorts(source);
        for (int i = 0; i < target.length; i++) {
          target[i] = Float.intBitsToFloat(shorts.get(i) << 16);
        }
      }
      case Q4_0 -> blocks(type, SmallBlocks::q40, source, target);
      case Q4_1 -> blocks(type, SmallBlocks::q41, source, target);
      case Q5_0 -> blocks(type, SmallBlocks::q50, source, target);
      case Q5_1 -> blocks(type, SmallBlocks::q51, source, target);
      case Q8_0 -> blocks(type, SmallBlocks::q80, source, target);
      case Q4_K -> blocks(type, SuperBlocks::q4k, source, target);
      case Q5_K -> blocks(type, SuperBlocks::q5k, source, target);
      case Q6_K -> blocks(type, SuperBlocks::q6k, source, target);
    }
  }

  private static ShortBuffer shorts(byte[] source) {
    return ByteBuffer.wrap(source).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
  }

  private static void blocks(TensorType type, BlockDecoder decoder, byte[] source, float[] target) {
    for (int block = 0; block < target.length / type.blockElements(); block++) {
      decoder.decode(source, block * type.blockBytes(), target, block * type.blockElements());
    }
  }

  /** The float16 at a byte. */
  static float half(byte[] source, int at) {
    return Float.float16ToFloat((short) (unsigned(source, at) | source[at + 1] << 8));
  }

  /** The 32 bits at a byte. */
  static int int32(byte[] source, int at) {
    return unsigned(source, at)
        | unsigned(source, at + 1) << 8
        | unsigned(source, at + 2) << 16
        | source[at + 3] << 24;
  }

  /** The unsigned byte at a byte. */
  static int unsigned(byte[] source, int at) {
    return source[at] & 0xff;
  }
}
