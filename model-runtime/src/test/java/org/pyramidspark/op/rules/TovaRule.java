package org.pyramidspark.op.rules;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * TOVA: over the budget, the entries that the newest token attends to least leave, over all heads;
 * the newest itself stays.
 */
public final class TovaRule extends Rule {
  private final int budget;

  public TovaRule(int budget) {
    this.budget = budget;
  }

  @Override
  public List<Choice> afterPrompt(int layer, List<Integer> rows, Attention attention) {
    return ofAll(attention, best(rows, attention));
  }

  @Override
  public List<Choice> afterStep(int layer, int position, Attention attention) {
    return ofAll(attention, best(attention.entries(0), attention));
  }

  private Choice best(List<Integer> entries, Attention attention) {
    if (entries.size() <= budget) {
      return Choice.of(entries);
    }
    int newest = entries.getLast();
    Map<Integer, Interval> scores = new HashMap<>();
    for (int entry : butLast(entries, 1)) {
      scores.put(entry, attention.weighted(newest, entry, 1));
    }
    return new Choice(List.of(newest), scores, budget - 1);
  }
}
