package org.pyramidspark.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.pyramidspark.cache.Observation.Smoothing;
import org.pyramidspark.cache.Observation.Smoothing.Pooling;
import org.pyramidspark.cache.Observation.Statistic;
import org.pyramidspark.config.Protect;
import org.pyramidspark.config.PyramidConfig;
import org.pyramidspark.config.Setting;
import org.pyramidspark.config.SettingValues;

/**
 * PyramidInfer with two budgets: one for the rows that prefill computes, which falls with depth,
 * and one for the entries that each layer keeps after it. Scores come from a short observation
 * window at the prompt's end, weighted by the norm of the value and averaged over neighbours. What
 * is not the document's never leaves. Generated entries all stay.
 *
 * @param values of {@link #SETTINGS}
 */
public record PyramidPlusPolicy(SettingValues values) implements CachePolicy {
  private static final String ROW_KEEP = "row_keep";
  private static final String VALUE_NORM = "value-norm";

  /** The two budgets, and how rows are scored. */
  public static final List<Setting> SETTINGS =
      Stream.concat(
              Budget.SETTINGS.stream(),
              Stream.of(
                  Setting.share(ROW_KEEP, 0.97),
                  Setting.whole("first_layer", 0, 0),
                  Setting.whole("window", 1, 64),
                  Setting.whole("smoothing", 1, 15),
                  Setting.whole("sink_tokens", 0, 4),
                  Setting.name("weight_by", List.of(VALUE_NORM, "attention"), VALUE_NORM),
                  Setting.name(
                      "selection",
                      List.of(PyramidConfig.PER_KV_HEAD, PyramidConfig.PER_LAYER),
                      PyramidConfig.PER_KV_HEAD),
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
    int budget = Math.min(Budget.of(values).entries(shape.tokens()), shape.tokens());
    List<LayerPlan> layers = new ArrayList<>(numLayers);
    int rows = shape.tokens();
    for (int layer = 0; layer < numLayers; layer++) {
      LayerPlan plan = layer(shape, layer, rows, budget);
      layers.add(plan);
      rows = plan.rowsOn();
    }
    return new PrefillPlan(shape.tokens(), layers);
  }

  private LayerPlan layer(PromptShape shape, int layer, int rows, int budget) {
    int window = Math.min(values.whole("window"), shape.tokens());
    int last = Math.max(window, shape.tokensAfter());
    int first = Math.min(Math.max(values.whole("sink_tokens"), shape.documentFrom()), rows - last);
    int stays = first + last;
    double keep = layer < values.whole("first_layer") ? 1 : values.decimal(ROW_KEEP);
    int rowsOn = Math.max(stays, last + (int) (keep * (rows - last)));
    int cached = Math.max(stays, Math.min(budget, rows));
    if (rowsOn == rows && cached == rows) {
      return LayerPlan.whole(rows);
    }
    Observation observation =
        new Observation(
            window,
            1,
            Statistic.ATTENTION,
            values.name("weight_by").equals(VALUE_NORM),
            Smoothing.ofAtLeast(values.whole("smoothing"), Pooling.MEAN),
            false);
    boolean perKvHead = values.name("selection").equals(PyramidConfig.PER_KV_HEAD);
    return new LayerPlan(rows, observation, first, last, rowsOn, cached, perKvHead);
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
