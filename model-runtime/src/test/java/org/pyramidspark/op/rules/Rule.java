package org.pyramidspark.op.rules;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A policy's rule for one sequence, written straight from its definition. It is asked layer by
 * layer and step by step, in order, and told what the cache op chose, which may be otherwise where
 * scores are equal but for rounding.
 */
public abstract class Rule {

  /**
   * Which of the prompt's rows go on to the next layer.
   *
   * @param rows those that entered
   * @param attention of all rows that entered
   */
  public Choice rowsOn(int layer, List<Integer> rows, Attention attention) {
    return Choice.of(rows);
  }

  /** Which of the rows that entered stay in the layer's cache, by KV head. */
  public abstract List<Choice> afterPrompt(int layer, List<Integer> rows, Attention attention);

  /**
   * Which entries stay at the end of a step, by KV head.
   *
   * @param position of the step's token, whose entry is the last of each head
   * @param attention of the token
   */
  public abstract List<Choice> afterStep(int layer, int position, Attention attention);

  /** Whether to a query its entries lie at their places within the cache. */
  public boolean positionsAreThoseInTheCache() {
    return false;
  }

  /** The same for all heads. */
  static List<Choice> ofAll(Attention attention, Choice choice) {
    return IntStream.range(0, attention.numKvHeads()).mapToObj(head -> choice).toList();
  }

  /** Everything. */
  static List<Choice> all(Attention attention) {
    return IntStream.range(0, attention.numKvHeads())
        .mapToObj(head -> Choice.of(attention.entries(head)))
        .toList();
  }

  static List<Integer> first(List<Integer> positions, int count) {
    return positions.subList(0, Math.min(count, positions.size()));
  }

  static List<Integer> last(List<Integer> positions, int count) {
    return positions.subList(Math.max(0, positions.size() - count), positions.size());
  }

  /** All but the last ones. */
  static List<Integer> butLast(List<Integer> positions, int count) {
    return positions.subList(0, Math.max(0, positions.size() - count));
  }
}
