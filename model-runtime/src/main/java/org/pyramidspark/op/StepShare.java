package org.pyramidspark.op;

import java.util.Optional;
import org.pyramidspark.cache.GenerationPlan;
import org.pyramidspark.cache.PrefillPlan;
import org.pyramidspark.cache.SequenceCache;

/** One sequence's share of a step: its whole prompt, or one generated token. */
public sealed interface StepShare {

  SequenceCache cache();

  /** Rows that enter layer 0. */
  int rows();

  /** Original position of the first row; the others follow one by one. */
  int firstPosition();

  /**
   * A whole prompt, into an empty cache.
   *
   * @param cache empty before the step
   * @param plan what each layer scores, hands on and keeps
   * @param listener is told what was chosen
   */
  record Prefill(SequenceCache cache, PrefillPlan plan, SelectionListener listener)
      implements StepShare {

    public Prefill(SequenceCache cache, PrefillPlan plan) {
      this(cache, plan, SelectionListener.NONE);
    }

    @Override
    public int rows() {
      return plan.promptTokens();
    }

    @Override
    public int firstPosition() {
      return 0;
    }
  }

  /**
   * One generated token.
   *
   * @param cache holds everything before it
   * @param position its original position
   * @param step how many generated tokens the cache holds after it, from 1
   * @param plan when generated entries are compressed
   * @param scoring which entries this token's query row scores
   */
  record Decode(
      SequenceCache cache,
      int position,
      int step,
      GenerationPlan plan,
      Optional<GenerationPlan.ScoringWindow> scoring)
      implements StepShare {

    public Decode(SequenceCache cache, int position, int step, GenerationPlan plan) {
      this(cache, position, step, plan, plan.scoringAt(step));
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
