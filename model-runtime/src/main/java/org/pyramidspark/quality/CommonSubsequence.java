package org.pyramidspark.quality;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Longest common subsequences of word numbers in O(n * m) time. Lengths need one row of memory;
 * reading a subsequence out needs one bit for each pair of words beside it. The arrays are kept for
 * the next call, so an instance belongs to one thread.
 */
final class CommonSubsequence {
  private int[] row = new int[0];
  private long[] goLeft = new long[0];

  /** Words of an array from {@code start} up to {@code end}. */
  record Span(int[] words, int start, int end) {

    int length() {
      return end - start;
    }

    int at(int i) {
      return words[start + i];
    }
  }

  /** Length of the longest common subsequence. */
  int length(Span reference, Span prediction) {
    int columns = prediction.length();
    clearRow(columns);
    for (int i = 0; i < reference.length(); i++) {
      int word = reference.at(i);
      int diagonal = 0;
      int left = 0;
      for (int j = 1; j <= columns; j++) {
        int up = row[j];
        left = word == prediction.at(j - 1) ? diagonal + 1 : Math.max(up, left);
        diagonal = up;
        row[j] = left;
      }
    }
    return row[columns];
  }

  /**
   * Sets in {@code found} the reference's words (counted from the span's start) that one longest
   * common subsequence takes. Of several, it is the one that rouge-score reads out: from the end, a
   * match first, then a step back in the prediction where that is strictly longer, else one in the
   * reference.
   */
  void mark(Span reference, Span prediction, BitSet found) {
    int rowWords = recordSteps(reference, prediction);
    int i = reference.length() - 1;
    int j = prediction.length() - 1;
    while (i >= 0 && j >= 0) {
      if (reference.at(i) == prediction.at(j)) {
        found.set(i);
        i--;
        j--;
      } else if ((goLeft[i * rowWords + (j >> 6)] >>> j & 1) != 0) {
        j--;
      } else {
        i--;
      }
    }
  }

  /** Fills {@link #goLeft} and returns the number of its words for each word of the reference. */
  private int recordSteps(Span reference, Span prediction) {
    int columns = prediction.length();
    int rowWords = (columns + 63) >> 6;
    int needed = Math.multiplyExact(rowWords, reference.length());
    if (goLeft.length < needed) {
      goLeft = new long[needed];
    }
    Arrays.fill(goLeft, 0, needed, 0);
    clearRow(columns);
    for (int i = 0; i < reference.length(); i++) {
      int word = reference.at(i);
      int diagonal = 0;
      int left = 0;
      for (int j = 0; j < columns; j++) {
        int up = row[j + 1];
        if (left > up) {
          goLeft[i * rowWords + (j >> 6)] |= 1L << j;
        }
        left = word == prediction.at(j) ? diagonal + 1 : Math.max(up, left);
        diagonal = up;
        row[j + 1] = left;
      }
    }
    return rowWords;
  }

  private void clearRow(int columns) {
    if (row.length <= columns) {
      row = new int[Math.max(columns + 1, 2 * row.length)];
    }
    Arrays.fill(row, 0, columns + 1, 0);
  }
}
