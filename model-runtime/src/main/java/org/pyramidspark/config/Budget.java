package org.pyramidspark.config;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * How many entries of a prompt a layer's cache keeps on average over the layers: so many tokens, or
 * a share of the prompt's.
 *
 * @param ratio share of the prompt, over 0, at most 1; used where {@code tokens} is 0
 * @param tokens entries, at least 0
 */
public record Budget(double ratio, int tokens) implements Serializable {
  static final String RATIO = "budget";
  static final String TOKENS = "budget_tokens";

  /** Of a policy that may do without, and does. */
  public static final Budget NONE = new Budget(0, 0);

  /** A budget above this saves too little to be worth any loss. */
  private static final double NEARLY_ALL = 0.9;

  /** More than any context has, and so few that sums of two do not overflow. */
  private static final int MOST_TOKENS = 1 << 30;

  /** The two settings that give it. */
  public static final List<Setting> SETTINGS =
      List.of(Setting.share(RATIO, 0.5), Setting.whole(TOKENS, 0, 0));

  /** The budget among a policy's settings. */
  public static Budget of(SettingValues values) {
    return new Budget(values.decimal(RATIO), values.whole(TOKENS));
  }

  /** Settings with their budget {@link #relaxed()}; none if that is nearly everything. */
  public static Optional<SettingValues> relaxed(SettingValues values) {
    return of(values)
        .relaxed()
        .map(budget -> values.with(RATIO, budget.ratio).with(TOKENS, budget.tokens));
  }

  /** Halfway to the whole prompt, or twice as many tokens; none if that is nearly everything. */
  public Optional<Budget> relaxed() {
    if (tokens > 0) {
      return tokens > MOST_TOKENS / 2
          ? Optional.empty()
          : Optional.of(new Budget(ratio, 2 * tokens));
    }
    double more = halfwayToAll(ratio);
    return more > NEARLY_ALL ? Optional.empty() : Optional.of(new Budget(more, tokens));
  }

  /** Halfway from a share to 1. */
  public static double halfwayToAll(double share) {
    return (1 + share) / 2;
  }

  /** Whether it says anything. */
  public boolean isGiven() {
    return !equals(NONE);
  }

  /** Entries for a prompt: at least one, and at most all where a share is given. */
  public int entries(int promptTokens) {
    return tokens > 0 ? Math.min(tokens, MOST_TOKENS) : Math.max(1, (int) (ratio * promptTokens));
  }
}
