package org.pyramidspark.quality;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * F1 over the words of short answers, as L-Eval (arXiv 2307.11088) computes it: common words, each
 * as often as both have it, in any order. Safe for use by many threads.
 */
public final class TokenF1 {

  /** The score; 0 throughout where an answer has no words, also where both have none. */
  public Score score(String prediction, String reference) {
    List<String> predicted = Answer.words(prediction);
    List<String> expected = Answer.words(reference);
    Map<String, Integer> left = new HashMap<>();
    expected.forEach(word -> left.merge(word, 1, Integer::sum));
    int hits = 0;
    for (String word : predicted) {
      if (left.merge(word, -1, Integer::sum) >= 0) {
        hits++;
      }
    }
    return Score.of(hits, predicted.size(), expected.size());
  }
}
