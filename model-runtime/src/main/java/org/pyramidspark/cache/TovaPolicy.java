package org.pyramidspark.cache;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.pyramidspark.config.Budget;
import org.pyramidspark.config.Setting;
import org.pyramidspark.config.SettingValues;

/**
 * TOVA, token omission via attention (EMNLP 2024, arXiv 2401.06104): whenever the cache is over its
 * budget, the entry that the newest token attends to least, over all heads of the layer, leaves.
 *
 * @param values of {@link #SETTINGS}
 */
public record TovaPolicy(SettingValues values) implements CachePolicy {
  /** The budget. */
  public static final List<Setting> SETTINGS = Budget.SETTINGS;

  @Override
  public String name() {
    return "tova";
  }

  @Override
  public PrefillPlan prefill(PromptShape prompt, int numLayers) {
    int rows = prompt.tokens();
    int budget = Budget.of(values).entries(rows);
    LayerPlan layer =
        budget >= rows
            ? LayerPlan.whole(rows)
            : new LayerPlan(rows, Observation.attention(1, 1), 0, 1, rows, budget, false);
    return new PrefillPlan(rows, Collections.nCopies(numLayers, layer));
  }

  @Override
  public GenerationPlan generation(PromptShape prompt, int numLayers, int maxNewTokens) {
    int budget = Budget.of(values).entries(prompt.tokens());
    return new EvictionPlan(
        new EvictionPlan.Rule.LeastAttended(),
        Collections.nCopies(numLayers, Math.min(budget, prompt.tokens())),
        Collections.nCopies(numLayers, budget),
        0,
        1,
        1);
  }

  @Override
  public CachePolicy relaxed() {
    return Budget.relaxed(values).<CachePolicy>map(TovaPolicy::new).orElse(new FullPolicy());
  }

  @Override
  public Map<String, Object> settings() {
    return values.values();
  }
}
