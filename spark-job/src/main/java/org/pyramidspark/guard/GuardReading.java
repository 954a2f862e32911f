package org.pyramidspark.guard;

import java.io.Serializable;
import java.util.List;

/**
 * What one executor's guard has seen so far.
 *
 * @param levels the settings that were tried, from the user's own on
 * @param decisions how they were relaxed, in order
 */
public record GuardReading(List<Trials> levels, List<GuardDecision> decisions)
    implements Serializable {
  /** Of a guard that has seen nothing. */
  public static final GuardReading NONE = new GuardReading(List.of(), List.of());

  /**
   * Trials under one level's settings.
   *
   * @param loss over the rows that were tried: mean KL divergence, nats
   * @param failed rows that could not be tried
   */
  public record Trials(Estimate loss, long failed) implements Serializable {
    /** None. */
    public static final Trials NONE = new Trials(Estimate.NONE, 0);

    /** Of both. */
    public Trials plus(Trials other) {
      return new Trials(loss.plus(other.loss), failed + other.failed);
    }
  }

  public GuardReading {
    levels = List.copyOf(levels);
    decisions = List.copyOf(decisions);
  }

  /** Of two readings of the same guard the later one. */
  public GuardReading later(GuardReading other) {
    return other.finished() > finished() ? other : this;
  }

  private long finished() {
    return levels.stream().mapToLong(trials -> trials.loss().rows() + trials.failed()).sum();
  }
}
