package org.pyramidspark.op.rules;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Scissorhands: each head counts in how many of the last rows an entry was important; over the
 * budget, those that were least often leave, several at once and none of the newest. Rows are
 * counted anew after that.
 */
public final class ScissorhandsRule extends Rule {
  private final int budget;
  private final int history;
  private final int recent;
  private final int drop;

  /** By layer and KV head: of each row since entries left, how often entries were important. */
  private final Map<List<Integer>, List<Map<Integer, Interval>>> records = new HashMap<>();

  public ScissorhandsRule(int budget, int history, int recent, int drop) {
    this.budget = budget;
    this.history = history;
    this.recent = Math.min(recent, budget);
    this.drop = drop;
  }

  @Override
  public List<Choice> afterPrompt(int layer, List<Integer> rows, Attention attention) {
    if (rows.size() <= budget) {
      return all(attention);
    }
    List<Choice> choices = new ArrayList<>();
    for (int kvHead = 0; kvHead < attention.numKvHeads(); kvHead++) {
      List<Map<Integer, Interval>> record = new ArrayList<>();
      for (int row : last(rows, history)) {
        record.add(important(kvHead, row, rows, attention));
      }
      choices.add(mostOften(rows, record, budget));
    }
    return choices;
  }

  @Override
  public List<Choice> afterStep(int layer, int position, Attention attention) {
    List<Choice> choices = new ArrayList<>();
    for (int kvHead = 0; kvHead < attention.numKvHeads(); kvHead++) {
      List<Map<Integer, Interval>> record =
          records.computeIfAbsent(List.of(layer, kvHead), key -> new ArrayList<>());
      List<Integer> entries = attention.entries(kvHead);
      record.add(important(kvHead, position, entries, attention));
      if (entries.size() <= budget) {
        choices.add(Choice.of(entries));
      } else {
        int left = Math.max(recent, entries.size() - drop);
        choices.add(
            mostOften(
                entries,
                record.subList(Math.max(0, record.size() - history), record.size()),
                left));
        records.remove(List.of(layer, kvHead));
      }
    }
    return choices;
  }

  private static Map<Integer, Interval> important(
      int kvHead, int row, List<Integer> entries, Attention attention) {
    Map<Integer, Interval> important = new HashMap<>();
    for (int entry : entries) {
      important.put(entry, attention.important(kvHead, row, entry));
    }
    return important;
  }

  private Choice mostOften(List<Integer> entries, List<Map<Integer, Interval>> record, int left) {
    Map<Integer, Interval> counts = new HashMap<>();
    for (int entry : butLast(entries, recent)) {
      Interval count = Interval.ZERO;
      for (Map<Integer, Interval> row : record) {
        count = count.plus(row.getOrDefault(entry, Interval.ZERO));
      }
      counts.put(entry, count);
    }
    List<Integer> window = last(entries, recent);
    return new Choice(window, counts, left - window.size());
  }
}
