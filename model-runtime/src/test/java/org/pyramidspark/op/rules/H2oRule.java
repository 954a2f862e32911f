package org.pyramidspark.op.rules;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * H2O: each head sums up the attention that an entry gets of all rows; over the budget, the entry
 * with the smallest sum leaves, but none of the newest.
 */
public final class H2oRule extends Rule {
  private final int budget;
  private final int recent;

  /** By layer and KV head: sums by position. */
  private final Map<List<Integer>, Map<Integer, Interval>> sums = new HashMap<>();

  public H2oRule(int budget, double recentRatio) {
    this.budget = budget;
    this.recent = Math.max(1, (int) (recentRatio * budget));
  }

  @Override
  public List<Choice> afterPrompt(int layer, List<Integer> rows, Attention attention) {
    List<Choice> choices = new ArrayList<>();
    for (int kvHead = 0; kvHead < attention.numKvHeads(); kvHead++) {
      for (int row : rows) {
        add(layer, kvHead, row, rows, attention);
      }
      choices.add(largest(layer, kvHead, rows, rows.size() - recent));
    }
    return choices;
  }

  @Override
  public List<Choice> afterStep(int layer, int position, Attention attention) {
    List<Choice> choices = new ArrayList<>();
    for (int kvHead = 0; kvHead < attention.numKvHeads(); kvHead++) {
      List<Integer> entries = attention.entries(kvHead);
      add(layer, kvHead, position, entries, attention);
      choices.add(largest(layer, kvHead, entries, position + 1 - recent));
    }
    return choices;
  }

  private void add(int layer, int kvHead, int row, List<Integer> entries, Attention attention) {
    Map<Integer, Interval> ofHead =
        sums.computeIfAbsent(List.of(layer, kvHead), key -> new HashMap<>());
    for (int entry : entries) {
      ofHead.merge(entry, attention.weighted(kvHead, row, entry, 1), Interval::plus);
    }
  }

  private Choice largest(int layer, int kvHead, List<Integer> entries, int firstRecent) {
    if (entries.size() <= budget) {
      return Choice.of(entries);
    }
    List<Integer> window = entries.stream().filter(entry -> entry >= firstRecent).toList();
    Map<Integer, Interval> others = new HashMap<>(sums.get(List.of(layer, kvHead)));
    others.keySet().retainAll(entries);
    others.keySet().removeAll(window);
    return new Choice(window, others, budget - window.size());
  }
}
