package org.pyramidspark.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.pyramidspark.cache.Observation.Smoothing;
import org.pyramidspark.cache.Observation.Smoothing.Pooling;
import org.pyramidspark.cache.Observation.Statistic;
import org.pyramidspark.config.Budget;
import org.pyramidspark.config.Protect;
import org.pyramidspark.config.Setting;
import org.pyramidspark.config.SettingValues;

/**
 * PyramidInfer with two budgets: one for the rows that prefill computes, which falls with depth,
 * and one for the entries that each layer keeps after it, which rises with depth. Scores come from
 * a short observation window at the prompt's end, weighted by the norm of the value and averaged
 * over neighbours, over more of them for rows than for entries. What is not the document's never
 * leaves. Generated entries all stay.
 *
 * @param values of {@link #SETTINGS}
 */
public record PyramidPlusPolicy(SettingValues values) implements CachePolicy {
  private static final String ROW_KEEP = "row_keep";
  private static final String MIN_CONTEXT = "min_context";
  private static final String BUDGET_SLOPE = "budget_slope";

  /** The two budgets, and how rows are scored. */
  public static final List<Setting> SETTINGS =
      Stream.concat(
              Budget.SETTINGS.stream(),
              Stream.of(
                  Setting.fraction(BUDGET_SLOPE, 0.4),
                  Setting.share(ROW_KEEP, 0.97),
                  Setting.whole("first_layer", 0, 4),
                  Setting.whole(MIN_CONTEXT, 0, PageLayout.TOKENS),
                  Setting.whole("window", 1, 16),
                  Setting.whole("smoothing", 1, 7),
                  Setting.whole("row_smoothing", 1, 15),
                  Setting.whole("sink_tokens", 0, 4),
                  Setting.name("value_norm", List.of("true", "false"), "true"),
                  Setting.name("per_kv_head", List.of("true", "false"), "true"),
                  Setting.name(
                      "protect",
                      List.of(Protect.DOCUMENT_ONLY.label(), Protect.NONE.label()),
                      Protect.DOCUMENT_ONLY.label())))
          .toList();

  @Override
  public String name() {
    return "pyramid-plus";
  }

  @Override
  public PrefillPlan prefill(PromptShape prompt, int numLayers) {
    PromptShape shape =
        Protect.of(values.name("protect")) == Protect.NONE
            ? PromptShape.of(prompt.tokens())
            : prompt;
    int budget = entries(shape.tokens());
    List<LayerPlan> layers = new ArrayList<>(numLayers);
    int rows = shape.tokens();
    for (int layer = 0; layer < numLayers; layer++) {
      LayerPlan plan = layer(shape, layer, rows, budget(shape, budget, layer, numLayers));
      layers.add(plan);
      rows = plan.rowsOn();
    }
    return new PrefillPlan(shape.tokens(), layers);
  }

  /**
   * The budget. Where it is a share, a short prompt stays whole, and a longer one keeps no fewer: a
   * page of the cache is not filled by less, and the share of little is too little to go by.
   */
  private int entries(int promptTokens) {
    Budget budget = Budget.of(values);
    int least = budget.tokens() > 0 ? 0 : values.whole(MIN_CONTEXT);
    return Math.min(promptTokens, Math.max(budget.entries(promptTokens), least));
  }

  /**
   * A layer's own budget: on average over the layers the policy's, and rising in equal steps, but
   * for what never leaves, and so that the last layer's is not more than there is.
   */
  private int budget(PromptShape shape, int mean, int layer, int numLayers) {
    int fixed = Math.clamp((long) shape.documentFrom() + shape.tokensAfter(), 1, mean);
    double rise =
        Math.min(values.decimal(BUDGET_SLOPE) * (mean - fixed), (double) shape.tokens() - mean);
    double depth = numLayers == 1 ? 0 : 2.0 * layer / (numLayers - 1) - 1;
    return (int) (mean + rise * depth);
  }

  private LayerPlan layer(PromptShape shape, int layer, int rows, int budget) {
    int before = Math.max(sinks(shape, budget), shape.documentFrom());
    // A layer before this one, with a smaller budget, may have left fewer.
    int window = Math.min(rows, window(shape, budget - before));
    int last = Math.max(window, shape.tokensAfter());
    int first = Math.min(before, rows - last);
    int stays = first + last;
    double keep = layer < values.whole("first_layer") ? 1 : values.decimal(ROW_KEEP);
    int least = Math.max(stays, Math.min(rows, values.whole(MIN_CONTEXT)));
    int rowsOn = Math.max(least, last + (int) (keep * (rows - last)));
    int cached = Math.max(stays, Math.min(budget, rows));
    if (rowsOn == rows && cached == rows) {
      return LayerPlan.whole(rows);
    }
    Observation observation =
        new Observation(
            window,
            1,
            Statistic.ATTENTION,
            Boolean.parseBoolean(values.name("value_norm")),
            smoothing("smoothing"),
            smoothing("row_smoothing"),
            false);
    boolean perKvHead = Boolean.parseBoolean(values.name("per_kv_head"));
    return new LayerPlan(rows, observation, first, last, rowsOn, cached, perKvHead);
  }

  private Smoothing smoothing(String setting) {
    return Smoothing.ofAtLeast(values.whole(setting), Pooling.MEAN);
  }

  /** As many as there is room for beside what follows the document, or the last row. */
  private int sinks(PromptShape shape, int budget) {
    int room = budget - Math.max(1, shape.tokensAfter());
    return Math.min(values.whole("sink_tokens"), Math.max(0, room));
  }

  /** The rows that observe stay: as many as there is room for, or that stay anyway. */
  private int window(PromptShape shape, int room) {
    int most = Math.max(1, Math.max(room, shape.tokensAfter()));
    return Math.min(values.whole("window"), most);
  }

  @Override
  public GenerationPlan generation(PromptShape prompt, int numLayers, int maxNewTokens) {
    return GenerationPlan.NONE;
  }

  @Override
  public CachePolicy relaxed() {
    double rowKeep = Budget.halfwayToAll(values.decimal(ROW_KEEP));
    return Budget.relaxed(values.with(ROW_KEEP, rowKeep))
        .<CachePolicy>map(PyramidPlusPolicy::new)
        .orElse(new FullPolicy());
  }

  @Override
  public Map<String, Object> settings() {
    return values.values();
  }
}
