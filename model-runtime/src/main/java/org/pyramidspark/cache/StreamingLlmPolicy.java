package org.pyramidspark.cache;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.pyramidspark.config.Budget;
import org.pyramidspark.config.Setting;
import org.pyramidspark.config.SettingValues;

/**
 * StreamingLLM (ICLR 2024, arXiv 2309.17453): the first entries, which serve as attention sinks,
 * and a window of the newest stay. Positions are those within the cache: to a query the window
 * follows the sinks at once.
 *
 * @param values of {@link #SETTINGS}
 */
public record StreamingLlmPolicy(SettingValues values) implements CachePolicy {
  /** Budget and sinks. */
  public static final List<Setting> SETTINGS =
      Stream.concat(Budget.SETTINGS.stream(), Stream.of(Setting.whole("sink_tokens", 0, 4)))
          .toList();

  @Override
  public String name() {
    return "streaming-llm";
  }

  @Override
  public PrefillPlan prefill(PromptShape prompt, int numLayers) {
    int rows = prompt.tokens();
    int budget = budget(rows);
    LayerPlan layer =
        budget >= rows
            ? LayerPlan.whole(rows)
            : LayerPlan.ends(rows, sinks(budget), budget - sinks(budget));
    return new PrefillPlan(rows, Collections.nCopies(numLayers, layer));
  }

  private int budget(int promptTokens) {
    return Budget.of(values).entries(promptTokens);
  }

  /** One entry at least is left for the window. */
  private int sinks(int budget) {
    return Math.min(values.whole("sink_tokens"), budget - 1);
  }

  @Override
  public GenerationPlan generation(PromptShape prompt, int numLayers, int maxNewTokens) {
    int budget = budget(prompt.tokens());
    return new EvictionPlan(
        new EvictionPlan.Rule.Oldest(),
        Collections.nCopies(numLayers, Math.min(budget, prompt.tokens())),
        Collections.nCopies(numLayers, budget),
        sinks(budget),
        1,
        1);
  }

  @Override
  public CachePolicy relaxed() {
    return Budget.relaxed(values)
        .<CachePolicy>map(StreamingLlmPolicy::new)
        .orElse(new FullPolicy());
  }

  @Override
  public Map<String, Object> settings() {
    return values.values();
  }
}
