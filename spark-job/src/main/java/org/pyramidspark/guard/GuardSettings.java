package org.pyramidspark.guard;

import java.io.Serializable;
import org.pyramidspark.errors.InvalidInputException;

/**
 * How a guard watches.
 *
 * @param limit the most that compression may cost: mean KL divergence of the next token's
 *     distribution from the full cache's, nats, over 0; infinite if nobody minds
 * @param share share of the rows that are tried beside the full cache, over 0, at most 1
 * @param tokens next tokens that are compared on such a row, at least 1; half of those that it may
 *     generate if that is less
 * @param seed chooses the rows, together with their ids
 */
public record GuardSettings(double limit, double share, int tokens, long seed)
    implements Serializable {
  /** No limit: nothing is watched. */
  public static final GuardSettings OFF = new GuardSettings(Double.POSITIVE_INFINITY, 1, 1, 0);

  public GuardSettings {
    if (!(limit > 0)) {
      throw InvalidInputException.of(
          "Option --guard is %s; give a divergence over 0 in nats, such as 0.05.", limit);
    }
    if (!(share > 0 && share <= 1)) {
      throw InvalidInputException.of(
          "Option --guard-share is %s; give a share over 0, at most 1.", share);
    }
    if (tokens < 1) {
      throw InvalidInputException.of("Option --guard-tokens is %d; give 1 or more.", tokens);
    }
  }

  /** Whether there is anything to watch. */
  public boolean isOn() {
    return Double.isFinite(limit);
  }
}
