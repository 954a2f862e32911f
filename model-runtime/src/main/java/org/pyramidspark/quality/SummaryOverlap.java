package org.pyramidspark.quality;

import java.util.BitSet;
import org.pyramidspark.quality.CommonSubsequence.Span;
import org.pyramidspark.quality.WordIds.Lines;

/**
 * ROUGE-Lsum's hits (Lin 2004, section 3.2): for each line of the reference the union of its
 * longest common subsequences with all lines of the prediction. As in ROUGE 1.5.5 and rouge-score,
 * a word hits no more often than either text has it.
 */
final class SummaryOverlap {
  private final CommonSubsequence subsequence;

  SummaryOverlap(CommonSubsequence subsequence) {
    this.subsequence = subsequence;
  }

  /**
   * @param reference the reference's lines
   * @param prediction the prediction's lines
   * @param numIds word numbers in use in both: 0 up to this
   */
  int hits(Lines reference, Lines prediction, int numIds) {
    int[] left = smallerCounts(reference.words(), prediction.words(), numIds);
    BitSet union = new BitSet();
    int hits = 0;
    for (int line = 0; line < reference.count(); line++) {
      Span expected = span(reference, line);
      union.clear();
      for (int other = 0; other < prediction.count(); other++) {
        subsequence.mark(expected, span(prediction, other), union);
      }
      for (int i = union.nextSetBit(0); i >= 0; i = union.nextSetBit(i + 1)) {
        if (left[expected.at(i)]-- > 0) {
          hits++;
        }
      }
    }
    return hits;
  }

  private static Span span(Lines lines, int line) {
    return new Span(lines.words(), lines.start(line), lines.end(line));
  }

  private static int[] smallerCounts(int[] reference, int[] prediction, int numIds) {
    int[] expected = counts(reference, numIds);
    int[] predicted = counts(prediction, numIds);
    for (int id = 0; id < numIds; id++) {
      expected[id] = Math.min(expected[id], predicted[id]);
    }
    return expected;
  }

  private static int[] counts(int[] words, int numIds) {
    int[] counts = new int[numIds];
    for (int word : words) {
      counts[word]++;
    }
    return counts;
  }
}
