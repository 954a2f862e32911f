package org.pyramidspark.cache;

import java.util.ArrayList;
import java.util.List;
import org.pyramidspark.cache.GenerationPlan.Compression;
import org.pyramidspark.config.PyramidConfig;

/**
 * PyramidInfer (ACL 2024, arXiv 2405.12532): in prefill every layer hands on only the pivotal
 * context that the recent rows attend to, so deeper layers neither compute nor store the rest; in
 * generation the entries that leave the recent window are thinned out, a fixed number at a time.
 *
 * @param config the settings
 */
public record PyramidPolicy(PyramidConfig config) implements CachePolicy {

  @Override
  public String name() {
    return "pyramid";
  }

  @Override
  public PrefillPlan prefill(int promptTokens, int numLayers) {
    var settings = config.prefill();
    int recent = (int) (promptTokens * settings.recentRatio());
    int observed = Math.min(recent + 1, promptTokens);
    int minContext = Math.min(settings.minContext(), promptTokens - 1 - recent);
    List<LayerPlan> layers = new ArrayList<>(numLayers);
    int context = promptTokens - observed;
    for (int layer = 0; layer < numLayers; layer++) {
      int on =
          layer % settings.layerInterval() == 0
              ? pivotal(context, minContext, layer, numLayers)
              : context;
      layers.add(
          new LayerPlan(
              context + observed,
              observed,
              settings.distanceWeight(),
              settings.sinkTokens(),
              on,
              context));
      context = on;
    }
    return new PrefillPlan(promptTokens, layers);
  }

  private int pivotal(int context, int minContext, int layer, int numLayers) {
    double fraction = config.prefill().schedule().at(config.prefill().decay(), layer, numLayers);
    if (context <= minContext || fraction >= 1) {
      return context;
    }
    int kept = (int) (context * fraction);
    return kept <= minContext ? context : kept;
  }

  /**
   * {@inheritDoc}
   *
   * <p>All layers compress at the same steps: every layer's length less its boundary is the number
   * of steps since its last compression plus r, so layer 0 is simulated for all.
   */
  @Override
  public GenerationPlan generation(int promptTokens, int numLayers, int maxNewTokens) {
    int exceed = config.generation().exceedLength();
    List<Integer> kept = keptCandidates(numLayers);
    List<Compression> compressions = new ArrayList<>();
    int length = promptTokens;
    int boundary = promptTokens;
    for (int step = 1; step <= maxNewTokens; step++) {
      length++;
      int recent = (int) (length * config.prefill().recentRatio());
      if (length - recent - boundary >= exceed) {
        compressions.add(
            new Compression(step, recent, exceed, config.prefill().distanceWeight(), kept));
        length += kept.getFirst() - exceed;
        boundary = length - recent;
      }
    }
    return new GenerationPlan(compressions);
  }

  private List<Integer> keptCandidates(int numLayers) {
    var settings = config.generation();
    List<Integer> kept = new ArrayList<>(numLayers);
    for (int layer = 0; layer < numLayers; layer++) {
      double fraction = settings.schedule().at(settings.decay(), layer, numLayers);
      kept.add(Math.max((int) (settings.exceedLength() * settings.compressRatio() * fraction), 1));
    }
    return kept;
  }
}
