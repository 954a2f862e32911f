package org.pyramidspark.engine;

import java.util.Optional;

/**
 * What is left for a row that does not fit into memory even alone: the policy that it falls back
 * to, or else an error. What its company takes never decides this, so that a row's completion does
 * not depend on the rows beside it. Owned by the engine's thread.
 */
final class MemoryLadder {
  private final KvBudget budget;

  MemoryLadder(KvBudget budget) {
    this.budget = budget;
  }

  /**
   * Looks at a row before it begins.
   *
   * @return what is to run: the row if it fits into the KV budget; nothing if an error was handed
   *     over
   */
  Optional<Sequence> fitting(Sequence row) {
    if (row.mostBytes() <= budget.bytes()) {
      return Optional.of(row);
    }
    return next(
        row,
        "The row's KV cache takes up to %d bytes under policy %s, and the KV budget is %d; raise it, choose a policy that keeps less, or shorten the row."
            .formatted(row.mostBytes(), row.policy(), budget.bytes()));
  }

  /**
   * Memory ran out while a row ran alone.
   *
   * @return what is to run in its place; nothing if an error was handed over
   */
  Optional<Sequence> afterShortage(Sequence row, OutOfMemoryError shortage) {
    return next(row, "Memory ran out while this row ran alone: %s".formatted(shortage));
  }

  private Optional<Sequence> next(Sequence row, String problem) {
    if (row.canFallBack()) {
      return fitting(row.fallBack(problem));
    }
    row.fail(problem);
    return Optional.empty();
  }
}
