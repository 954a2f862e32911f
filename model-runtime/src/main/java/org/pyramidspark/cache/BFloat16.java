package org.pyramidspark.cache;

/** The upper half of a float32. */
public final class BFloat16 {
  private BFloat16() {}

  public static float toFloat(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /** To nearest, ties to even; NaN stays NaN. */
  public static short fromFloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) (bits >> 16 | 0x40);
    }
    return (short) (bits + 0x7fff + (bits >>> 16 & 1) >> 16);
  }

  /** Two of them in one int, the first in the lower half. */
  public static int pair(float first, float second) {
    return fromFloat(first) & 0xffff | fromFloat(second) << 16;
  }
}
