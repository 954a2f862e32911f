package org.pyramidspark.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.pyramidspark.config.Budget;
import org.pyramidspark.config.Setting;
import org.pyramidspark.config.SettingValues;

/**
 * PyramidKV (arXiv 2406.02069): the votes of {@link SnapKvPolicy}, with budgets that fall from
 * layer to layer in equal steps. The mean budget is the one that is set.
 *
 * @param values of {@link #SETTINGS}
 */
public record PyramidKvPolicy(SettingValues values) implements CachePolicy {
  /**
   * SnapKV's, and how steeply budgets fall: what the last layer chooses is the mean / {@code beta}.
   */
  public static final List<Setting> SETTINGS =
      Stream.concat(SnapKvPolicy.SETTINGS.stream(), Stream.of(Setting.whole("beta", 1, 20)))
          .toList();

  @Override
  public String name() {
    return "pyramidkv";
  }

  @Override
  public PrefillPlan prefill(PromptShape prompt, int numLayers) {
    int mean = Math.min(Budget.of(values).entries(prompt.tokens()), prompt.tokens());
    List<LayerPlan> layers = new ArrayList<>(numLayers);
    for (int budget : budgets(mean, prompt.tokens(), numLayers)) {
      layers.add(SnapKvPolicy.layer(values, prompt.tokens(), budget));
    }
    return new PrefillPlan(prompt.tokens(), layers);
  }

  /**
   * Budgets that fall in equal steps around their mean. Every layer keeps the window; of the
   * others, the last layer keeps the mean / beta, or more where the first would have to keep more
   * than there are.
   */
  private List<Integer> budgets(int mean, int promptTokens, int numLayers) {
    int window = Math.min(values.whole("window"), mean);
    double chosen = mean - window;
    double last = Math.max(chosen / values.whole("beta"), 2 * chosen - (promptTokens - window));
    double first = 2 * chosen - last;
    List<Integer> budgets = new ArrayList<>(numLayers);
    for (int layer = 0; layer < numLayers; layer++) {
      double depth = numLayers == 1 ? 0.5 : (double) layer / (numLayers - 1);
      budgets.add(window + (int) (first + (last - first) * depth));
    }
    return budgets;
  }

  @Override
  public GenerationPlan generation(PromptShape prompt, int numLayers, int maxNewTokens) {
    return GenerationPlan.NONE;
  }

  @Override
  public CachePolicy relaxed() {
    return Budget.relaxed(values).<CachePolicy>map(PyramidKvPolicy::new).orElse(new FullPolicy());
  }

  @Override
  public Map<String, Object> settings() {
    return values.values();
  }
}
