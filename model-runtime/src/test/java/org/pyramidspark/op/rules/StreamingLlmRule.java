package org.pyramidspark.op.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** StreamingLLM: the first entries and the newest ones, as many as the budget in all. */
public final class StreamingLlmRule extends Rule {
  private final int budget;
  private final int sinks;

  public StreamingLlmRule(int budget, int sinks) {
    this.budget = budget;
    this.sinks = Math.min(sinks, budget - 1);
  }

  @Override
  public List<Choice> afterPrompt(int layer, List<Integer> rows, Attention attention) {
    return ofAll(attention, ends(rows));
  }

  @Override
  public List<Choice> afterStep(int layer, int position, Attention attention) {
    return ofAll(attention, ends(new ArrayList<>(new TreeSet<>(attention.entries(0)))));
  }

  private Choice ends(List<Integer> ascending) {
    if (ascending.size() <= budget) {
      return Choice.of(ascending);
    }
    List<Integer> ends = new ArrayList<>(first(ascending, sinks));
    ends.addAll(last(ascending, budget - sinks));
    return Choice.of(ends);
  }

  @Override
  public boolean positionsAreThoseInTheCache() {
    return true;
  }
}
