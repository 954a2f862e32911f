package org.pyramidspark.quality;

import java.util.Arrays;
import org.pyramidspark.quality.CommonSubsequence.Span;
import org.pyramidspark.quality.WordIds.Lines;

/**
 * ROUGE-1, -2, -L and -Lsum (Lin 2004) with the numbers of Python's rouge-score 0.1.2 without
 * stemming. Work arrays are kept between calls, so an instance belongs to one thread.
 */
public final class Rouge {
  private final RougeWords words;
  private final CommonSubsequence subsequence = new CommonSubsequence();
  private final SummaryOverlap summary = new SummaryOverlap(subsequence);

  /** Scores by the words {@code [a-z0-9]+}, as published scores do. */
  public Rouge() {
    this(RougeWords.ASCII);
  }

  public Rouge(RougeWords words) {
    this.words = words;
  }

  /** All scores of a prediction; 0 throughout where either text has no words. */
  public RougeScores score(String prediction, String reference) {
    WordIds ids = new WordIds(words);
    Lines expected = ids.read(reference);
    Lines predicted = ids.read(prediction);
    int lcs = subsequence.length(whole(expected), whole(predicted));
    // With a line each, the union is the one subsequence.
    int union =
        expected.isSingle() && predicted.isSingle()
            ? lcs
            : summary.hits(expected, predicted, ids.size());
    int numExpected = expected.words().length;
    int numPredicted = predicted.words().length;
    return new RougeScores(
        ngrams(expected.words(), predicted.words(), 1),
        ngrams(expected.words(), predicted.words(), 2),
        Score.of(lcs, numPredicted, numExpected),
        Score.of(union, numPredicted, numExpected));
  }

  private static Span whole(Lines lines) {
    return new Span(lines.words(), 0, lines.words().length);
  }

  private static Score ngrams(int[] reference, int[] prediction, int n) {
    long[] expected = sortedNgrams(reference, n);
    long[] predicted = sortedNgrams(prediction, n);
    return Score.of(common(expected, predicted), predicted.length, expected.length);
  }

  /** Runs of {@code n} words, 1 or 2, as one number each. */
  private static long[] sortedNgrams(int[] words, int n) {
    long[] ngrams = new long[Math.max(words.length - n + 1, 0)];
    for (int i = 0; i < ngrams.length; i++) {
      ngrams[i] = n == 1 ? words[i] : (long) words[i] << Integer.SIZE | words[i + 1];
    }
    Arrays.sort(ngrams);
    return ngrams;
  }

  private static int common(long[] sorted, long[] otherSorted) {
    int common = 0;
    int i = 0;
    int j = 0;
    while (i < sorted.length && j < otherSorted.length) {
      int order = Long.compare(sorted[i], otherSorted[j]);
      common += order == 0 ? 1 : 0;
      i += order <= 0 ? 1 : 0;
      j += order >= 0 ? 1 : 0;
    }
    return common;
  }
}
