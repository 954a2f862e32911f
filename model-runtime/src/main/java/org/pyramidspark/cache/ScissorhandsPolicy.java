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
 * Scissorhands (NeurIPS 2023, arXiv 2305.17118): importance persists, so each KV head keeps the
 * entries that were important most often in a window of past rows, and the newest ones. When the
 * cache is over its budget in generation, several leave at once.
 *
 * @param values of {@link #SETTINGS}
 */
public record ScissorhandsPolicy(SettingValues values) implements CachePolicy {
  /** Budget, history window, recent window, and how many entries leave at once. */
  public static final List<Setting> SETTINGS =
      Stream.concat(
              Budget.SETTINGS.stream(),
              Stream.of(
                  Setting.whole("history", 1, 400),
                  Setting.whole("recent", 1, 10),
                  Setting.whole("drop", 1, 16)))
          .toList();

  @Override
  public String name() {
    return "scissorhands";
  }

  @Override
  public PrefillPlan prefill(PromptShape prompt, int numLayers) {
    int rows = prompt.tokens();
    int budget = budget(rows);
    Observation history =
        new Observation(
            Math.min(values.whole("history"), rows),
            1,
            Statistic.PERSISTENCE,
            false,
            Smoothing.NONE,
            false);
    LayerPlan layer =
        budget >= rows
            ? LayerPlan.whole(rows)
            : new LayerPlan(rows, history, 0, recent(budget), rows, budget, true);
    return new PrefillPlan(rows, Collections.nCopies(numLayers, layer));
  }

  private int budget(int promptTokens) {
    return Budget.of(values).entries(promptTokens);
  }

  private int recent(int budget) {
    return Math.min(values.whole("recent"), budget);
  }

  @Override
  public GenerationPlan generation(PromptShape prompt, int numLayers, int maxNewTokens) {
    int budget = budget(prompt.tokens());
    return new EvictionPlan(
        new EvictionPlan.Rule.LeastPersistent(values.whole("history")),
        Collections.nCopies(numLayers, Math.min(budget, prompt.tokens())),
        Collections.nCopies(numLayers, budget),
        0,
        recent(budget),
        Math.min(values.whole("drop"), budget + 1 - recent(budget)));
  }

  @Override
  public CachePolicy relaxed() {
    return Budget.relaxed(values)
        .<CachePolicy>map(ScissorhandsPolicy::new)
        .orElse(new FullPolicy());
  }

  @Override
  public Map<String, Object> settings() {
    return values.values();
  }
}
