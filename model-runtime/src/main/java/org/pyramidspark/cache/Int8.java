package org.pyramidspark.cache;

/**
 * A float32 as a byte times a scale that it shares with the other elements of its vector; the
 * largest of them is 127 scales.
 */
public final class Int8 {
  private static final float LARGEST = 127;

  private Int8() {}

  /**
   * The scale of a vector: 0 where elements would not be normal numbers, so that quotients never
   * leave the range.
   *
   * @param largest the largest absolute value in the vector
   */
  public static float scale(float largest) {
    float scale = largest / LARGEST;
    return scale < Float.MIN_NORMAL ? 0 : scale;
  }

  /** The scale of a vector. */
  public static float scale(float[] vector, int count) {
    float largest = 0;
    for (int i = 0; i < count; i++) {
      largest = Math.max(largest, Math.abs(vector[i]));
    }
    return scale(largest);
  }

  /** To nearest, ties to even; of the scale 0 all elements are 0. */
  public static byte fromFloat(float value, float scale) {
    return scale == 0 ? 0 : (byte) Math.rint(value / scale);
  }

  public static float toFloat(byte element, float scale) {
    return element * scale;
  }
}
