package org.pyramidspark.op.rules;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * SnapKV: each head keeps the window at the prompt's end and the entries that it votes for, votes
 * pooled over neighbours; what is generated stays. With a budget for each layer, PyramidKV.
 */
public final class SnapKvRule extends Rule {
  private final List<Integer> budgets;
  private final int window;
  private final Pooling pooling;

  /**
   * @param budgets of each layer
   */
  public SnapKvRule(List<Integer> budgets, int window, Pooling pooling) {
    this.budgets = List.copyOf(budgets);
    this.window = window;
    this.pooling = pooling;
  }

  /**
   * PyramidKV's budgets: what is kept besides the window falls from layer to layer in equal steps;
   * in the last it is the mean divided by beta.
   *
   * @param mean budget
   */
  public static List<Integer> fallingBudgets(
      int mean, int window, int beta, int promptTokens, int numLayers) {
    int ofWindow = Math.min(window, mean);
    double chosen = mean - ofWindow;
    double least = chosen / beta;
    double most = 2 * chosen - least;
    if (most > promptTokens - ofWindow) {
      most = promptTokens - ofWindow;
      least = 2 * chosen - most;
    }
    List<Integer> budgets = new ArrayList<>();
    for (int layer = 0; layer < numLayers; layer++) {
      double step = numLayers == 1 ? 0.5 : (double) layer / (numLayers - 1);
      budgets.add(ofWindow + (int) (most + (least - most) * step));
    }
    return budgets;
  }

  @Override
  public List<Choice> afterPrompt(int layer, List<Integer> rows, Attention attention) {
    int budget = budgets.get(layer);
    if (rows.size() <= budget) {
      return all(attention);
    }
    int ofWindow = Math.min(window, budget);
    List<Choice> choices = new ArrayList<>();
    for (int kvHead = 0; kvHead < attention.numKvHeads(); kvHead++) {
      Map<Integer, Interval> votes = new LinkedHashMap<>();
      for (int entry : butLast(rows, ofWindow)) {
        Interval sum = Interval.ZERO;
        for (int row : last(rows, ofWindow)) {
          sum = sum.plus(attention.weighted(kvHead, row, entry, 1));
        }
        votes.put(entry, sum);
      }
      choices.add(new Choice(last(rows, ofWindow), pooling.of(votes), budget - ofWindow));
    }
    return choices;
  }

  @Override
  public List<Choice> afterStep(int layer, int position, Attention attention) {
    return all(attention);
  }
}
