package org.pyramidspark.cache;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.pyramidspark.cache.Observation.Smoothing;
import org.pyramidspark.cache.Observation.Smoothing.Pooling;
import org.pyramidspark.cache.Observation.Statistic;
import org.pyramidspark.config.Budget;
import org.pyramidspark.config.Setting;
import org.pyramidspark.config.SettingValues;

/**
 * SnapKV (NeurIPS 2024, arXiv 2404.14469): after the whole prompt is computed, each KV head keeps
 * the entries that an observation window at the prompt's end votes for, votes pooled over
 * neighbours, and the window itself. Generated entries all stay.
 *
 * @param values of {@link #SETTINGS}
 */
public record SnapKvPolicy(SettingValues values) implements CachePolicy {
  /** Budget, window and pooling. */
  public static final List<Setting> SETTINGS =
      Stream.concat(
              Budget.SETTINGS.stream(),
              Stream.of(
                  Setting.whole("window", 1, 32),
                  Setting.whole("kernel_size", 1, 7),
                  Setting.name("pooling", List.of("mean", "max"), "mean")))
          .toList();

  @Override
  public String name() {
    return "snapkv";
  }

  @Override
  public PrefillPlan prefill(PromptShape prompt, int numLayers) {
    int budget = Math.min(Budget.of(values).entries(prompt.tokens()), prompt.tokens());
    return new PrefillPlan(
        prompt.tokens(), Collections.nCopies(numLayers, layer(values, prompt.tokens(), budget)));
  }

  /** A layer that keeps {@code budget} entries by a window's votes; the window is at most that. */
  static LayerPlan layer(SettingValues values, int rows, int budget) {
    if (budget >= rows) {
      return LayerPlan.whole(rows);
    }
    int window = Math.min(values.whole("window"), budget);
    Pooling pooling = values.name("pooling").equals("max") ? Pooling.MAX : Pooling.MEAN;
    Observation votes =
        new Observation(
            window,
            1,
            Statistic.ATTENTION,
            false,
            Smoothing.ofAtLeast(values.whole("kernel_size"), pooling),
            false);
    return new LayerPlan(rows, votes, 0, window, rows, budget, true);
  }

  @Override
  public GenerationPlan generation(PromptShape prompt, int numLayers, int maxNewTokens) {
    return GenerationPlan.NONE;
  }

  @Override
  public CachePolicy relaxed() {
    return Budget.relaxed(values).<CachePolicy>map(SnapKvPolicy::new).orElse(new FullPolicy());
  }

  @Override
  public Map<String, Object> settings() {
    return values.values();
  }
}
