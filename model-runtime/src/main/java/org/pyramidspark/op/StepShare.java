package org.pyramidspark.op;

import java.util.Optional;
import org.pyramidspark.cache.CompressionPlan;
import org.pyramidspark.cache.CompressionPlan.ScoringWindow;
import org.pyramidspark.cache.GenerationPlan;
import org.pyramidspark.cache.PrefillPlan;
import org.pyramidspark.cache.SequenceCache;
import org.pyramidspark.cache.SharedPrefix;

/** One sequence's share of a step: its prompt, or one generated token. */
public sealed interface StepShare {

  SequenceCache cache();

  /** Rows that enter layer 0. */
  int rows();

  /** Original position of the first row; the others follow one by one. */
  int firstPosition();

  /**
   * A whole prompt, into an empty cache; or what comes after the prefix that it shares with another
   * sequence.
   *
   * @param cache empty before the step
   * @param plan what each layer scores, hands on and keeps of the whole prompt; everything, if a
   *     prefix is shared
   * @param listener is told what was chosen
   * @param prefix the rows that are not computed, a multiple of {@link #TASK_ROWS}; its donor is
   *     complete, or has a share of the same step before this one
   */
  record Prefill(
      SequenceCache cache,
      PrefillPlan plan,
      SelectionListener listener,
      Optional<SharedPrefix> prefix)
      implements StepShare {

    /**
     * Rows of a prompt that attend in one task: enough to pay for loading the keys, few enough to
     * balance. Kernels may sum otherwise in tasks of few rows, so a shared prefix ends between two
     * tasks: then the rows after it are in the same tasks as without it.
     */
    public static final int TASK_ROWS = 128;

    public Prefill(SequenceCache cache, PrefillPlan plan) {
      this(cache, plan, SelectionListener.NONE, Optional.empty());
    }

    @Override
    public int rows() {
      return plan.promptTokens() - firstPosition();
    }

    @Override
    public int firstPosition() {
      return prefix.map(SharedPrefix::tokens).orElse(0);
    }
  }

  /**
   * One generated token.
   *
   * @param cache holds everything before it
   * @param position its original position
   * @param step how many generated tokens were computed with it, from 1
   * @param plan when entries leave the cache
   * @param window which entries this token's query row scores under a {@link CompressionPlan}: the
   *     same in all layers
   */
  record Decode(
      SequenceCache cache,
      int position,
      int step,
      GenerationPlan plan,
      Optional<ScoringWindow> window)
      implements StepShare {

    public Decode(SequenceCache cache, int position, int step, GenerationPlan plan) {
      this(
          cache,
          position,
          step,
          plan,
          plan instanceof CompressionPlan compression
              ? compression.scoringAt(step)
              : Optional.empty());
    }

    @Override
    public int rows() {
      return 1;
    }

    @Override
    public int firstPosition() {
      return position;
    }
  }
}
