package org.pyramidspark.op.rules;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pyramidspark.cache.PromptShape;
import org.pyramidspark.config.Budget;
import org.pyramidspark.config.Protect;
import org.pyramidspark.config.PyramidConfig;

/**
 * PyramidInfer, as docs/policies/pyramid.md has it: each layer hands on the pivotal context; in
 * generation the entries that leave the recent window are thinned out.
 */
public final class PyramidRule extends Rule {
  private final PyramidConfig config;
  private final int numLayers;
  private final int promptTokens;

  /** Tokens before and after the document, which are never dropped. */
  private final int before;

  private final int after;
  private final double decay;
  private final Map<Integer, Integer> boundaries = new HashMap<>();

  /** By layer: of each step what entries got of its row, over all heads. */
  private final Map<Integer, List<Map<Integer, Interval>>> steps = new HashMap<>();

  private int lengthOfLayer0;

  public PyramidRule(PyramidConfig config, PromptShape prompt, int numLayers) {
    boolean protects = config.selection().protect() == Protect.DOCUMENT_ONLY;
    this.config = config;
    this.numLayers = numLayers;
    this.promptTokens = prompt.tokens();
    this.before = protects ? prompt.documentFrom() : 0;
    this.after = protects ? prompt.tokens() - prompt.documentTo() : 0;
    this.decay = config.selection().budget().isGiven() ? greatestDecay() : config.prefill().decay();
  }

  /** With which all layers together keep no more than the budget, if any does. */
  private double greatestDecay() {
    Budget budget = config.selection().budget();
    double share = Math.max(1, (int) (budget.ratio() * promptTokens));
    double entries = Math.min(promptTokens, budget.tokens() > 0 ? budget.tokens() : share);
    double low = -numLayers * numLayers;
    double high = 1;
    for (int i = 0; i < 100; i++) {
      double decay = i == 0 ? high : (low + high) / 2;
      if (kept(decay) <= entries * numLayers) {
        low = decay;
      } else {
        high = decay;
      }
    }
    return low;
  }

  private int kept(double decay) {
    int kept = 0;
    int context = promptTokens - last();
    for (int layer = 0; layer < numLayers; layer++) {
      int on = pivotal(decay, layer, context);
      kept += last() + (config.selection().perKvHead() ? on : context);
      context = on;
    }
    return kept;
  }

  private int recent() {
    return (int) (promptTokens * config.prefill().recentRatio());
  }

  /** S_r, and what follows the document. */
  private int last() {
    return Math.max(Math.min(recent() + 1, promptTokens), after);
  }

  private int pivotal(double decay, int layer, int context) {
    int least = Math.min(config.prefill().minContext(), promptTokens - 1 - recent());
    double fraction = config.prefill().schedule().at(decay, layer, numLayers);
    int pivotal = (int) (context * fraction);
    if (config.selection().budget().isGiven()) {
      pivotal = Math.max(pivotal, Math.max(least, 0));
    }
    boolean prunes =
        layer % config.prefill().layerInterval() == 0
            && context > least
            && fraction < 1
            && (pivotal > least || config.selection().budget().isGiven());
    return Math.max(prunes ? pivotal : context, Math.min(before, context));
  }

  @Override
  public Choice rowsOn(int layer, List<Integer> rows, Attention attention) {
    Map<Integer, Interval> scores = new LinkedHashMap<>();
    for (int entry : butLast(rows, last())) {
      scores.put(entry, score(rows, row -> attention.weighted(row, entry, 1)));
    }
    return pivotalContext(layer, rows, scores);
  }

  private interface Weighted {
    Interval of(int row);
  }

  /** The weighted sum over the scoring rows. */
  private Interval score(List<Integer> rows, Weighted weighted) {
    List<Integer> scoring = last(rows, recent() + 1);
    Interval sum = Interval.ZERO;
    for (int i = 0; i < scoring.size(); i++) {
      sum = sum.plus(weighted.of(scoring.get(i)).times(weight(i, scoring.size())));
    }
    return sum;
  }

  private double weight(int i, int rows) {
    return rows == 1 ? 1 : 1 + (config.prefill().distanceWeight() - 1) * i / (rows - 1);
  }

  private Choice pivotalContext(int layer, List<Integer> rows, Map<Integer, Interval> scores) {
    int kept = pivotal(decay, layer, scores.size());
    List<Integer> sinks =
        first(
            butLast(rows, last()), Math.min(kept, Math.max(before, config.prefill().sinkTokens())));
    List<Integer> stays = new ArrayList<>(sinks);
    stays.addAll(last(rows, last()));
    scores.keySet().removeAll(sinks);
    return new Choice(stays, scores, kept - sinks.size());
  }

  @Override
  public List<Choice> afterPrompt(int layer, List<Integer> rows, Attention attention) {
    List<Choice> choices = new ArrayList<>();
    for (int kvHead = 0; kvHead < attention.numKvHeads(); kvHead++) {
      choices.add(
          config.selection().perKvHead()
              ? ofHead(layer, kvHead, rows, attention)
              : Choice.of(rows));
    }
    Choice any = choices.getFirst();
    boundaries.put(layer, any.stays().size() + any.kept());
    return choices;
  }

  private Choice ofHead(int layer, int kvHead, List<Integer> rows, Attention attention) {
    Map<Integer, Interval> scores = new LinkedHashMap<>();
    for (int entry : butLast(rows, last())) {
      scores.put(entry, score(rows, row -> attention.weighted(kvHead, row, entry, 1)));
    }
    return pivotalContext(layer, rows, scores);
  }

  @Override
  public List<Choice> afterStep(int layer, int position, Attention attention) {
    int length = attention.entries(0).size();
    if (layer == 0) {
      lengthOfLayer0 = length;
    }
    List<Map<Integer, Interval>> rows = steps.computeIfAbsent(layer, key -> new ArrayList<>());
    Map<Integer, Interval> ofRow = new HashMap<>();
    attention.entries(0).stream()
        .filter(entry -> entry >= promptTokens - 1)
        .forEach(entry -> ofRow.put(entry, attention.weighted(position, entry, 1)));
    rows.add(ofRow);
    int recent = (int) (config.prefill().recentRatio() * lengthOfLayer0);
    int exceed = config.generation().exceedLength();
    if (length - recent - boundaries.get(layer) < exceed) {
      return all(attention);
    }
    Choice candidates =
        candidates(
            layer, attention.entries(0), rows.subList(rows.size() - recent - 1, rows.size()));
    boundaries.put(layer, length - exceed + candidates.kept() - recent);
    List<Choice> choices = new ArrayList<>();
    for (int kvHead = 0; kvHead < attention.numKvHeads(); kvHead++) {
      List<Integer> stays = new ArrayList<>(attention.entries(kvHead));
      stays.removeAll(candidates.candidates().keySet());
      choices.add(new Choice(stays, candidates.candidates(), candidates.kept()));
    }
    return choices;
  }

  /** The entries right before those of the scoring rows' steps. */
  private Choice candidates(
      int layer, List<Integer> entries, List<Map<Integer, Interval>> scoringRows) {
    var generation = config.generation();
    int exceed = generation.exceedLength();
    Map<Integer, Interval> scores = new HashMap<>();
    for (int entry : last(butLast(entries, scoringRows.size()), exceed)) {
      Interval sum = Interval.ZERO;
      for (int i = 0; i < scoringRows.size(); i++) {
        sum = sum.plus(scoringRows.get(i).get(entry).times(weight(i, scoringRows.size())));
      }
      scores.put(entry, sum);
    }
    double fraction = generation.schedule().at(generation.decay(), layer, numLayers);
    int kept = Math.max((int) (exceed * generation.compressRatio() * fraction), 1);
    return new Choice(List.of(), scores, kept);
  }
}
