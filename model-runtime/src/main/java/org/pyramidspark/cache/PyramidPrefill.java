package org.pyramidspark.cache;

import java.util.ArrayList;
import java.util.List;
import org.pyramidspark.config.Budget;
import org.pyramidspark.config.Protect;
import org.pyramidspark.config.PyramidConfig;

/**
 * What the layers do with one prompt under {@link PyramidPolicy}: by the decay that is set, or by
 * the greatest one that keeps no more than a budget.
 */
final class PyramidPrefill {
  /**
   * The decays that a budget may find are this far apart: near enough that no row depends on less,
   * and so far that a schedule goes up from one to the next whatever its sums are rounded to. (In
   * layer 1 of L a cosine goes up by at least 1 / L^2 of it.) Layer 0 of a cosine is exactly 1 at
   * each of them.
   */
  private static final double DECAY_STEP = 0x1p-24;

  private final PyramidConfig config;
  private final PyramidConfig.Prefill settings;
  private final Budget budget;
  private final PromptShape shape;
  private final int numLayers;
  private final Observation observation;

  /** S_r, and what follows the document. */
  private final int last;

  private final int minContext;

  PyramidPrefill(PyramidConfig config, PromptShape prompt, int numLayers) {
    this.config = config;
    this.settings = config.prefill();
    this.budget = config.selection().budget();
    this.shape =
        config.selection().protect() == Protect.NONE ? PromptShape.of(prompt.tokens()) : prompt;
    this.numLayers = numLayers;
    int recent = (int) (shape.tokens() * settings.recentRatio());
    int observed = Math.min(recent + 1, shape.tokens());
    this.observation = Observation.attention(observed, settings.distanceWeight());
    this.last = Math.max(observed, shape.tokensAfter());
    this.minContext = Math.min(settings.minContext(), shape.tokens() - 1 - recent);
  }

  PrefillPlan plan() {
    return budget.isGiven()
        ? planWithin((long) numLayers * Math.min(budget.entries(shape.tokens()), shape.tokens()))
        : plan(settings.decay());
  }

  /**
   * With a budget a layer's rows never become more as the decay falls, so the greatest decay that
   * serves is found by halving.
   */
  private PrefillPlan planWithin(long entries) {
    long tooMuch = Math.round(1 / DECAY_STEP);
    PrefillPlan most = plan(1);
    if (most.cachedEntries() <= entries) {
      return most;
    }
    long enough = leastDecay();
    PrefillPlan plan = plan(enough * DECAY_STEP);
    if (plan.cachedEntries() > entries) {
      return plan;
    }
    while (tooMuch - enough > 1) {
      long middle = Math.floorDiv(enough + tooMuch, 2);
      PrefillPlan tried = plan(middle * DECAY_STEP);
      if (tried.cachedEntries() <= entries) {
        enough = middle;
        plan = tried;
      } else {
        tooMuch = middle;
      }
    }
    return plan;
  }

  /**
   * In steps. With it no schedule is above 0 after layer 0: where decay 0 gives the least less than
   * 1, a cosine in layer 1, that is at least 1 / L^2 less.
   */
  private long leastDecay() {
    return -Math.round((double) numLayers * numLayers / DECAY_STEP);
  }

  private PrefillPlan plan(double decay) {
    List<LayerPlan> layers = new ArrayList<>(numLayers);
    boolean perKvHead = config.selection().perKvHead();
    int context = shape.tokens() - last;
    int first = Math.min(Math.max(settings.sinkTokens(), shape.documentFrom()), context);
    for (int layer = 0; layer < numLayers; layer++) {
      int pivotal =
          layer % settings.layerInterval() == 0 ? pivotal(decay, context, layer) : context;
      int on = Math.max(pivotal, Math.min(context, shape.documentFrom()));
      int cached = perKvHead ? on : context;
      layers.add(
          new LayerPlan(
              context + last, observation, first, last, on + last, cached + last, perKvHead));
      context = on;
    }
    return new PrefillPlan(shape.tokens(), layers);
  }

  private int pivotal(double decay, int context, int layer) {
    double fraction = settings.schedule().at(decay, layer, numLayers);
    if (context <= minContext || fraction >= 1) {
      return context;
    }
    int kept = (int) (context * Math.max(0, fraction));
    if (kept > minContext) {
      return kept;
    }
    return budget.isGiven() ? Math.max(0, minContext) : context;
  }
}
