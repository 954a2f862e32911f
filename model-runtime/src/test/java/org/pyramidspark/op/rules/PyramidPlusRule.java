package org.pyramidspark.op.rules;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * pyramid-plus: a window at the prompt's end scores rows by its attention times the norm of the
 * value, pooled over neighbours; so many go on, and so many stay in the cache.
 */
public final class PyramidPlusRule extends Rule {
  private final Settings settings;

  /** What depends on the layer's budget. */
  private record Bounds(int budget, int before, int window, int last) {}

  /**
   * @param budgets entries that each layer's cache keeps
   * @param rowKeep share of the rows before the last ones that goes on
   * @param firstLayer the first that drops rows
   * @param minContext rows of which none is dropped
   * @param window rows that score, where the budget has room for them
   * @param pooling where entries are chosen
   * @param rowPooling where rows are chosen
   * @param before tokens before the document, which stay
   * @param after tokens after it, which stay
   */
  public record Settings(
      List<Integer> budgets,
      double rowKeep,
      int firstLayer,
      int minContext,
      int window,
      Pooling pooling,
      Pooling rowPooling,
      int sinks,
      boolean valueNorm,
      boolean perKvHead,
      int before,
      int after) {}

  public PyramidPlusRule(Settings settings) {
    this.settings = settings;
  }

  /** So much more than the mean, or less, that the layers' budgets lie on a line around it. */
  public static List<Integer> risingBudgets(
      int mean, double slope, int kept, int tokens, int numLayers) {
    int fixed = Math.max(1, Math.min(kept, mean));
    double rise = Math.min(slope * (mean - fixed), tokens - mean);
    List<Integer> budgets = new ArrayList<>();
    for (int layer = 0; layer < numLayers; layer++) {
      double depth = numLayers == 1 ? 0 : 2.0 * layer / (numLayers - 1) - 1;
      budgets.add((int) (mean + rise * depth));
    }
    return budgets;
  }

  private Bounds bounds(int layer, int rows) {
    int budget = settings.budgets().get(layer);
    int roomForSinks = Math.max(0, budget - Math.max(1, settings.after()));
    int before = Math.max(Math.min(settings.sinks(), roomForSinks), settings.before());
    int room = Math.max(budget - before, settings.after());
    int window = Math.min(rows, Math.min(settings.window(), Math.max(room, 1)));
    return new Bounds(budget, before, window, Math.max(window, settings.after()));
  }

  @Override
  public Choice rowsOn(int layer, List<Integer> rows, Attention attention) {
    Bounds bounds = bounds(layer, rows.size());
    double share = layer < settings.firstLayer() ? 1 : settings.rowKeep();
    int shared = bounds.last() + (int) (share * (rows.size() - bounds.last()));
    return best(
        bounds,
        rows,
        settings.rowPooling().of(ofLayer(bounds, rows, attention)),
        Math.max(shared, Math.min(settings.minContext(), rows.size())));
  }

  @Override
  public List<Choice> afterPrompt(int layer, List<Integer> rows, Attention attention) {
    Bounds bounds = bounds(layer, rows.size());
    int kept = Math.min(bounds.budget(), rows.size());
    if (!settings.perKvHead()) {
      Map<Integer, Interval> scores = settings.pooling().of(ofLayer(bounds, rows, attention));
      return ofAll(attention, best(bounds, rows, scores, kept));
    }
    List<Choice> choices = new ArrayList<>();
    for (int kvHead = 0; kvHead < attention.numKvHeads(); kvHead++) {
      Map<Integer, Interval> scores =
          settings.pooling().of(ofHead(bounds, kvHead, rows, attention));
      choices.add(best(bounds, rows, scores, kept));
    }
    return choices;
  }

  @Override
  public List<Choice> afterStep(int layer, int position, Attention attention) {
    return all(attention);
  }

  /** The first and the last rows, and the best others until there are {@code wanted}. */
  private static Choice best(
      Bounds bounds, List<Integer> rows, Map<Integer, Interval> scores, int wanted) {
    List<Integer> stays = new ArrayList<>(first(butLast(rows, bounds.last()), bounds.before()));
    stays.addAll(last(rows, bounds.last()));
    scores.keySet().removeAll(stays);
    return new Choice(stays, scores, Math.max(0, wanted - stays.size()));
  }

  private Map<Integer, Interval> ofLayer(Bounds bounds, List<Integer> rows, Attention attention) {
    Map<Integer, Interval> sums = new LinkedHashMap<>();
    for (int kvHead = 0; kvHead < attention.numKvHeads(); kvHead++) {
      ofHead(bounds, kvHead, rows, attention)
          .forEach((entry, score) -> sums.merge(entry, score, Interval::plus));
    }
    return sums;
  }

  private Map<Integer, Interval> ofHead(
      Bounds bounds, int kvHead, List<Integer> rows, Attention attention) {
    Map<Integer, Interval> scores = new LinkedHashMap<>();
    for (int entry : butLast(rows, bounds.last())) {
      Interval sum = Interval.ZERO;
      for (int row : last(rows, bounds.window())) {
        sum = sum.plus(attention.weighted(kvHead, row, entry, 1));
      }
      scores.put(entry, settings.valueNorm() ? sum.times(attention.valueNorm(kvHead, entry)) : sum);
    }
    return scores;
  }
}
