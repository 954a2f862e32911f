package org.pyramidspark.checkpoint;

import static org.pyramidspark.checkpoint.Dequantizer.half;
import static org.pyramidspark.checkpoint.Dequantizer.unsigned;

/**
 * ggml's blocks of 256 elements ("k-quants"): sub-blocks with scales that are quantised themselves.
 */
final class SuperBlocks {
  private static final int SUB_BLOCK = 32;

  private SuperBlocks() {}

  /** d, minimum scale, 12 bytes of 6-bit scales and minima, 128 bytes of 4-bit quants. */
  static void q4k(byte[] source, int at, float[] target, int to) {
    float d = half(source, at);
    float minimum = half(source, at + 2);
    for (int pair = 0; pair < 4; pair++) {
      for (int upper = 0; upper < 2; upper++) {
        int sub = 2 * pair + upper;
        float scale = d * scale(source, at + 4, sub);
        float offset = minimum * minimum(source, at + 4, sub);
        for (int i = 0; i < SUB_BLOCK; i++) {
          int quant = unsigned(source, at + 16 + pair * SUB_BLOCK + i) >> 4 * upper & 15;
          target[to + sub * SUB_BLOCK + i] = scale * quant - offset;
        }
      }
    }
  }

  /**
   * As {@link #q4k}, with 32 bytes of fifth bits, one bit of each byte for each sub-block, before.
   */
  static void q5k(byte[] source, int at, float[] target, int to) {
    float d = half(source, at);
    float minimum = half(source, at + 2);
    for (int sub = 0; sub < 8; sub++) {
      float scale = d * scale(source, at + 4, sub);
      float offset = minimum * minimum(source, at + 4, sub);
      for (int i = 0; i < SUB_BLOCK; i++) {
        int low = unsigned(source, at + 48 + sub / 2 * SUB_BLOCK + i) >> 4 * (sub % 2) & 15;
        int fifth = unsigned(source, at + 16 + i) >> sub & 1;
        target[to + sub * SUB_BLOCK + i] = scale * (low | fifth << 4) - offset;
      }
    }
  }

  /** 128 bytes of low 4 bits, 64 of high 2 bits, 16 signed scales of 16 elements each, d. */
  static void q6k(byte[] source, int at, float[] target, int to) {
    float d = half(source, at + 208);
    for (int element = 0; element < 256; element++) {
      int half = element / 128;
      int quarter = element % 128 / SUB_BLOCK;
      int i = element % SUB_BLOCK;
      int low = unsigned(source, at + half * 64 + quarter % 2 * SUB_BLOCK + i) >> quarter / 2 * 4;
      int high = unsigned(source, at + 128 + half * SUB_BLOCK + i) >> 2 * quarter;
      int quant = (low & 15 | (high & 3) << 4) - 32;
      int scale = source[at + 192 + element / 16];
      target[to + element] = d * scale * quant;
    }
  }

  /** The 6-bit scale of one of eight sub-blocks. */
  private static int scale(byte[] source, int scales, int sub) {
    return sub < 4
        ? unsigned(source, scales + sub) & 63
        : unsigned(source, scales + sub + 4) & 15 | unsigned(source, scales + sub - 4) >> 6 << 4;
  }

  /** The 6-bit minimum of one of eight sub-blocks. */
  private static int minimum(byte[] source, int scales, int sub) {
    return sub < 4
        ? unsigned(source, scales + sub + 4) & 63
        : unsigned(source, scales + sub + 4) >> 4 | unsigned(source, scales + sub) >> 6 << 4;
  }
}
