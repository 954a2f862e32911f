package org.pyramidspark.engine;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;
import org.pyramidspark.cache.SequenceCache;
import org.pyramidspark.cache.SharedPrefix;
import org.pyramidspark.op.StepShare;

/**
 * The beginning of a prompt that another sequence has in its cache, so that it is neither computed
 * nor stored again. Only sequences that keep everything share. Owned by the engine's thread.
 */
final class SharedBeginning {
  private final int[] prompt;
  private final SequenceCache cache;
  private final boolean keepsAll;
  private Optional<SharedPrefix> chosen = Optional.empty();

  /**
   * @param cache the sequence's own
   * @param keepsAll whether its policy never drops an entry
   */
  SharedBeginning(int[] prompt, SequenceCache cache, boolean keepsAll) {
    this.prompt = prompt;
    this.cache = cache;
    this.keepsAll = keepsAll;
  }

  /**
   * Chooses, before the prompt is computed, with which of these to share: one with the most tokens
   * in common. Comparing ends at the first token that differs, so this may be done in every step.
   *
   * @param others are computed already, or before this one in the same step
   */
  void choose(Stream<SharedBeginning> others) {
    chosen =
        keepsAll
            ? others
                .filter(other -> other.keepsAll)
                .map(this::prefixOf)
                .filter(common -> common.tokens() > 0)
                .reduce(BinaryOperator.maxBy(Comparator.comparingInt(SharedPrefix::tokens)))
            : Optional.empty();
  }

  private SharedPrefix prefixOf(SharedBeginning other) {
    int mismatch = Arrays.mismatch(prompt, other.prompt);
    // The last row is this sequence's own in any case: its logits give the first token.
    int most = mismatch < 0 ? prompt.length - 1 : Math.min(mismatch, prompt.length - 1);
    return new SharedPrefix(other.cache, most - most % StepShare.Prefill.TASK_ROWS);
  }

  /** What was chosen, if there was anything in common. */
  Optional<SharedPrefix> prefix() {
    return chosen;
  }

  /** Tokens of it. */
  int tokens() {
    return chosen.map(SharedPrefix::tokens).orElse(0);
  }
}
