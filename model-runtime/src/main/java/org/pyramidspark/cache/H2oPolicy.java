package org.pyramidspark.cache;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.pyramidspark.cache.Observation.Smoothing;
import org.pyramidspark.cache.Observation.Statistic;
import org.pyramidspark.config.Budget;
import org.pyramidspark.config.Setting;
import org.pyramidspark.config.SettingValues;

/**
 * Heavy-Hitter Oracle (NeurIPS 2023, arXiv 2306.14048): each KV head keeps a window of the newest
 * entries and those with the largest sum of attention over all rows so far, in generation too.
 *
 * @param values of {@link #SETTINGS}
 */
public record H2oPolicy(SettingValues values) implements CachePolicy {
  /** Budget, and the recent window's share of it. */
  public static final List<Setting> SETTINGS =
      Stream.concat(Budget.SETTINGS.stream(), Stream.of(Setting.fraction("recent_ratio", 0.5)))
          .toList();

  @Override
  public String name() {
    return "h2o";
  }

  @Override
  public PrefillPlan prefill(PromptShape prompt, int numLayers) {
    int rows = prompt.tokens();
    int cached = Math.min(budget(rows), rows);
    // Scores are needed though nothing is dropped yet: generated tokens add to them.
    Observation all = new Observation(rows, 1, Statistic.ATTENTION, false, Smoothing.NONE, true);
    LayerPlan layer =
        new LayerPlan(rows, all, 0, Math.min(recent(budget(rows)), cached), rows, cached, true);
    return new PrefillPlan(rows, Collections.nCopies(numLayers, layer));
  }

  private int budget(int promptTokens) {
    return Budget.of(values).entries(promptTokens);
  }

  /** At least the newest entry stays. */
  private int recent(int budget) {
    return Math.max(1, (int) (values.decimal("recent_ratio") * budget));
  }

  @Override
  public GenerationPlan generation(PromptShape prompt, int numLayers, int maxNewTokens) {
    int budget = budget(prompt.tokens());
    return new EvictionPlan(
        new EvictionPlan.Rule.LeastAccumulated(),
        Collections.nCopies(numLayers, Math.min(budget, prompt.tokens())),
        Collections.nCopies(numLayers, budget),
        0,
        recent(budget),
        1);
  }

  @Override
  public CachePolicy relaxed() {
    return Budget.relaxed(values).<CachePolicy>map(H2oPolicy::new).orElse(new FullPolicy());
  }

  @Override
  public Map<String, Object> settings() {
    return values.values();
  }
}
