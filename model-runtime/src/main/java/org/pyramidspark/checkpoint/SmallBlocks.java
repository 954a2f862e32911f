package org.pyramidspark.checkpoint;

import static org.pyramidspark.checkpoint.Dequantizer.half;
import static org.pyramidspark.checkpoint.Dequantizer.int32;
import static org.pyramidspark.checkpoint.Dequantizer.unsigned;

/**
 * ggml's blocks of 32 elements: a scale d, for some a minimum m, then the quants. A byte of 4-bit
 * quants holds element j in its lower and j + 16 in its upper half; fifth bits stand apart in one
 * int.
 */
final class SmallBlocks {
  private static final int HALF = 16;

  private SmallBlocks() {}

  static void q40(byte[] source, int at, float[] target, int to) {
    float d = half(source, at);
    for (int j = 0; j < HALF; j++) {
      int pair = unsigned(source, at + 2 + j);
      target[to + j] = ((pair & 15) - 8) * d;
      target[to + j + HALF] = ((pair >> 4) - 8) * d;
    }
  }

  static void q41(byte[] source, int at, float[] target, int to) {
    float d = half(source, at);
    float m = half(source, at + 2);
    for (int j = 0; j < HALF; j++) {
      int pair = unsigned(source, at + 4 + j);
      target[to + j] = (pair & 15) * d + m;
      target[to + j + HALF] = (pair >> 4) * d + m;
    }
  }

  static void q50(byte[] source, int at, float[] target, int to) {
    float d = half(source, at);
    int fifth = int32(source, at + 2);
    for (int j = 0; j < HALF; j++) {
      int pair = unsigned(source, at + 6 + j);
      target[to + j] = ((pair & 15 | fifthBit(fifth, j)) - 16) * d;
      target[to + j + HALF] = ((pair >> 4 | fifthBit(fifth, j + HALF)) - 16) * d;
    }
  }

  static void q51(byte[] source, int at, float[] target, int to) {
    float d = half(source, at);
    float m = half(source, at + 2);
    int fifth = int32(source, at + 4);
    for (int j = 0; j < HALF; j++) {
      int pair = unsigned(source, at + 8 + j);
      target[to + j] = (pair & 15 | fifthBit(fifth, j)) * d + m;
      target[to + j + HALF] = (pair >> 4 | fifthBit(fifth, j + HALF)) * d + m;
    }
  }

  static void q80(byte[] source, int at, float[] target, int to) {
    float d = half(source, at);
    for (int j = 0; j < 2 * HALF; j++) {
      target[to + j] = source[at + 2 + j] * d;
    }
  }

  private static int fifthBit(int bits, int element) {
    return (bits >>> element & 1) << 4;
  }
}
