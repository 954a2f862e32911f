package org.pyramidspark.quality;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Numbers words from 0, in the order in which they first occur: numbers compare faster. */
final class WordIds {
  private final Map<String, Integer> ids = new HashMap<>();
  private final RougeWords words;

  WordIds(RougeWords words) {
    this.words = words;
  }

  /** Numbered words so far. */
  int size() {
    return ids.size();
  }

  /** Reads a text line by line; only {@code \n} ends a line. */
  Lines read(String text) {
    int[] wordIds = new int[64];
    int[] lineEnds = new int[8];
    int numWords = 0;
    int numLines = 0;
    for (String line : text.split("\n")) {
      for (String word : words.of(line)) {
        if (numWords == wordIds.length) {
          wordIds = Arrays.copyOf(wordIds, 2 * numWords);
        }
        wordIds[numWords++] = ids.computeIfAbsent(word, key -> ids.size());
      }
      if (numLines == lineEnds.length) {
        lineEnds = Arrays.copyOf(lineEnds, 2 * numLines);
      }
      lineEnds[numLines++] = numWords;
    }
    return new Lines(Arrays.copyOf(wordIds, numWords), Arrays.copyOf(lineEnds, numLines));
  }

  /**
   * A text as word numbers.
   *
   * @param words all words
   * @param ends for each line, where it ends in {@code words}; lines may be empty
   */
  record Lines(int[] words, int[] ends) {

    int count() {
      return ends.length;
    }

    int start(int line) {
      return line == 0 ? 0 : ends[line - 1];
    }

    int end(int line) {
      return ends[line];
    }

    /** Whether one line at most has any words. */
    boolean isSingle() {
      int filled = 0;
      for (int line = 0; line < count(); line++) {
        filled += end(line) > start(line) ? 1 : 0;
      }
      return filled <= 1;
    }
  }
}
