package org.pyramidspark.op.rules;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A score becomes the mean or the maximum over it and its neighbours.
 *
 * @param width how many rows; one more where it is even, so that the row is in the middle
 * @param max the maximum rather than the mean
 */
public record Pooling(int width, boolean max) {

  /** Pooled scores of rows in order; at the ends there are fewer neighbours. */
  Map<Integer, Interval> of(Map<Integer, Interval> scores) {
    List<Integer> rows = new ArrayList<>(scores.keySet());
    Map<Integer, Interval> pooled = new LinkedHashMap<>();
    int reach = width / 2;
    for (int i = 0; i < rows.size(); i++) {
      Interval sum = Interval.ZERO;
      Interval highest = Interval.ZERO;
      int count = 0;
      for (int j = Math.max(0, i - reach); j <= Math.min(rows.size() - 1, i + reach); j++) {
        Interval score = scores.get(rows.get(j));
        sum = sum.plus(score);
        highest = highest.max(score);
        count++;
      }
      pooled.put(rows.get(i), max ? highest : sum.times(1.0 / count));
    }
    return pooled;
  }
}
