package org.pyramidspark.cache;

import java.util.List;

/**
 * Entries leave when a layer's cache outgrows its budget, whether they are the prompt's or
 * generated.
 *
 * @param rule which ones
 * @param cached entries of each layer after the prefill, at most its budget
 * @param budgets the most entries of each layer at the end of a step
 * @param first original positions below this stay
 * @param recent entries of the newest positions that stay, the step's own among them; at least 1
 * @param atOnce how many leave together
 */
public record EvictionPlan(
    Rule rule, List<Integer> cached, List<Integer> budgets, int first, int recent, int atOnce)
    implements GenerationPlan {

  /** Which entries leave. */
  public sealed interface Rule {

    /** Whether each KV head chooses for itself. */
    boolean perKvHead();

    /**
     * The oldest; keys of the first ones are rotated as if those that follow followed at once
     * (StreamingLLM).
     */
    record Oldest() implements Rule {
      @Override
      public boolean perKvHead() {
        return false;
      }
    }

    /** Those that this step's token attends to least, over all heads (TOVA). */
    record LeastAttended() implements Rule {
      @Override
      public boolean perKvHead() {
        return false;
      }
    }

    /** Those with the smallest sum of attention since they entered (H2O). */
    record LeastAccumulated() implements Rule {
      @Override
      public boolean perKvHead() {
        return true;
      }
    }

    /**
     * Those that were important least often in the last steps (Scissorhands).
     *
     * @param history how many steps
     */
    record LeastPersistent(int history) implements Rule {
      @Override
      public boolean perKvHead() {
        return true;
      }
    }
  }

  public EvictionPlan {
    cached = List.copyOf(cached);
    budgets = List.copyOf(budgets);
    for (int layer = 0; layer < budgets.size(); layer++) {
      int budget = budgets.get(layer);
      if (cached.get(layer) > budget || first + recent + atOnce > budget + 1 || recent < 1) {
        throw new IllegalArgumentException(
            "%d entries of a budget of %d, of which %d and %d stay, and %d leave at once."
                .formatted(cached.get(layer), budget, first, recent, atOnce));
      }
    }
  }

  /** Whether entries of a layer leave at the end of a step. */
  public boolean evicts(int layer, int step) {
    return cached.get(layer) + added(layer, step - 1) == budgets.get(layer);
  }

  /** Whether a step's attention counts for what leaves, at its end or later. */
  public boolean observes(int layer, int step) {
    return switch (rule) {
      case Rule.Oldest oldest -> false;
      case Rule.LeastAttended attended -> evicts(layer, step);
      case Rule.LeastAccumulated accumulated -> true;
      case Rule.LeastPersistent(int history) -> stepsToEviction(layer, step) < history;
    };
  }

  private int stepsToEviction(int layer, int step) {
    return budgets.get(layer) - cached.get(layer) - added(layer, step - 1);
  }

  @Override
  public int added(int layer, int step) {
    int over = cached.get(layer) + step - budgets.get(layer);
    return over <= 0 ? step : step - Math.ceilDiv(over, atOnce) * atOnce;
  }

  @Override
  public int mostAdded(int layer, int steps) {
    return Math.min(steps, budgets.get(layer) + 1 - cached.get(layer));
  }

  @Override
  public boolean keepsAll() {
    return false;
  }
}
