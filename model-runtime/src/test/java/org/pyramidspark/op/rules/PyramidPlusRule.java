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
  private final int before;
  private final int window;
  private final int last;

  /**
   * @param budget entries that a layer's cache keeps
   * @param rowKeep share of the rows before the last ones that goes on
   * @param firstLayer the first that drops rows
   * @param window rows that score, where the budget has room for them
   * @param before tokens before the document, which stay
   * @param after tokens after it, which stay
   */
  public record Settings(
      int budget,
      double rowKeep,
      int firstLayer,
      int window,
      Pooling pooling,
      int sinks,
      boolean valueNorm,
      boolean perKvHead,
      int before,
      int after) {}

  public PyramidPlusRule(Settings settings) {
    this.settings = settings;
    int roomForSinks = Math.max(0, settings.budget() - Math.max(1, settings.after()));
    this.before = Math.max(Math.min(settings.sinks(), roomForSinks), settings.before());
    int room = Math.max(settings.budget() - before, settings.after());
    this.window = Math.min(settings.window(), Math.max(room, 1));
    this.last = Math.max(window, settings.after());
  }

  @Override
  public Choice rowsOn(int layer, List<Integer> rows, Attention attention) {
    double share = layer < settings.firstLayer() ? 1 : settings.rowKeep();
    return best(rows, ofLayer(rows, attention), last + (int) (share * (rows.size() - last)));
  }

  @Override
  public List<Choice> afterPrompt(int layer, List<Integer> rows, Attention attention) {
    int kept = Math.min(settings.budget(), rows.size());
    if (!settings.perKvHead()) {
      return ofAll(attention, best(rows, ofLayer(rows, attention), kept));
    }
    List<Choice> choices = new ArrayList<>();
    for (int kvHead = 0; kvHead < attention.numKvHeads(); kvHead++) {
      choices.add(best(rows, settings.pooling().of(ofHead(kvHead, rows, attention)), kept));
    }
    return choices;
  }

  @Override
  public List<Choice> afterStep(int layer, int position, Attention attention) {
    return all(attention);
  }

  /** The first and the last rows, and the best others until there are {@code wanted}. */
  private Choice best(List<Integer> rows, Map<Integer, Interval> scores, int wanted) {
    List<Integer> stays = new ArrayList<>(first(butLast(rows, last), before));
    stays.addAll(last(rows, last));
    scores.keySet().removeAll(stays);
    return new Choice(stays, scores, Math.max(0, wanted - stays.size()));
  }

  private Map<Integer, Interval> ofLayer(List<Integer> rows, Attention attention) {
    Map<Integer, Interval> sums = new LinkedHashMap<>();
    for (int kvHead = 0; kvHead < attention.numKvHeads(); kvHead++) {
      ofHead(kvHead, rows, attention)
          .forEach((entry, score) -> sums.merge(entry, score, Interval::plus));
    }
    return settings.pooling().of(sums);
  }

  private Map<Integer, Interval> ofHead(int kvHead, List<Integer> rows, Attention attention) {
    Map<Integer, Interval> scores = new LinkedHashMap<>();
    for (int entry : butLast(rows, last)) {
      Interval sum = Interval.ZERO;
      for (int row : last(rows, window)) {
        sum = sum.plus(attention.weighted(kvHead, row, entry, 1));
      }
      scores.put(entry, settings.valueNorm() ? sum.times(attention.valueNorm(kvHead, entry)) : sum);
    }
    return scores;
  }
}
