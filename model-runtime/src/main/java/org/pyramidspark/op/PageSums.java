package org.pyramidspark.op;

/**
 * Where vector {@link PageProducts} keep their sums: {@code [group][rows][4 * width]}, a group
 * being four vectors of dimensions. In head sizes that are no multiple of it the last group
 * overlaps the one before, which costs less than masks or a scalar tail; so sums are kept by group.
 *
 * @param width floats in a vector
 * @param rows query vectors
 */
record PageSums(int width, int rows) {

  /** Groups in a head. */
  int groups(int headSize) {
    return (headSize + 4 * width - 1) / (4 * width);
  }

  /** The dimension where a group begins; the last group ends with the head. */
  int element(int group, int headSize) {
    return Math.min(group * 4 * width, headSize - 4 * width);
  }

  /** Where one row's sums of a group begin, in sums from {@code sum} on. */
  int at(int sum, int group, int row) {
    return sum + (group * rows + row) * 4 * width;
  }

  /** See {@link PageProducts#sumsSize}. */
  int size(int headSize) {
    return at(0, groups(headSize), 0);
  }

  /** See {@link PageProducts#scale}. */
  void scale(int headSize, float[] sums, int sum, int row, float factor) {
    for (int group = 0; group < groups(headSize); group++) {
      int from = at(sum, group, row);
      for (int i = from; i < from + 4 * width; i++) {
        sums[i] *= factor;
      }
    }
  }

  /** See {@link PageProducts#context}. */
  void context(int headSize, float[] sums, int sum, int row, float[] context) {
    for (int group = 0; group < groups(headSize); group++) {
      int source = at(sum, group, row);
      System.arraycopy(sums, source, context, element(group, headSize), 4 * width);
    }
  }
}
