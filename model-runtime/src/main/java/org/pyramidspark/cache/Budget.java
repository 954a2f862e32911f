package org.pyramidspark.cache;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.pyramidspark.config.Setting;
import org.pyramidspark.config.SettingValues;

/**
 * How many entries of a prompt a layer's cache keeps on average over the layers: so many tokens, or
 * a share of the prompt's.
 *
 * @param ratio share of the prompt, over 0, at most 1; used where {@code tokens} is 0
 * @param tokens entries, at least 0
 */
record Budget(double ratio, int tokens) implements Serializable {
  private static final String RATIO = "budget";
  private static final String TOKENS = "budget_tokens";

  /** A budget above this saves too little to be worth any loss. */
  static final double NEARLY_ALL = 0.9;

  /** More than any context has, and so few that sums of two do not overflow. */
  private static final int MOST_TOKENS = 1 << 30;

  /** The two settings that give it. */
  static final List<Setting> SETTINGS =
      List.of(Setting.share(RATIO, 0.5), Setting.whole(TOKENS, 0, 0));

  static Budget of(SettingValues values) {
    return new Budget(values.decimal(RATIO), values.whole(TOKENS));
  }

  /**
   * Settings with a budget halfway to the whole prompt, or twice as many tokens; none if that is
   * nearly everything.
   */
  static Optional<SettingValues> relaxed(SettingValues values) {
    Budget budget = of(values);
    if (budget.tokens > 0) {
      return budget.tokens > MOST_TOKENS / 2
          ? Optional.empty()
          : Optional.of(values.with(TOKENS, 2 * budget.tokens));
    }
    double ratio = halfwayToAll(budget.ratio);
    return ratio > NEARLY_ALL ? Optional.empty() : Optional.of(values.with(RATIO, ratio));
  }

  static double halfwayToAll(double share) {
    return (1 + share) / 2;
  }

  /** Entries for a prompt: at least one, and at most all where a share is given. */
  int entries(int promptTokens) {
    return tokens > 0 ? Math.min(tokens, MOST_TOKENS) : Math.max(1, (int) (ratio * promptTokens));
  }
}
