package org.pyramidspark.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.pyramidspark.cache.CompressionPlan.Compression;
import org.pyramidspark.config.Presets;
import org.pyramidspark.config.PyramidConfig;

/**
 * PyramidInfer (ACL 2024, arXiv 2405.12532): in prefill every layer hands on only the pivotal
 * context that the recent rows attend to, so deeper layers neither compute nor store the rest; in
 * generation the entries that leave the recent window are thinned out, a fixed number at a time.
 *
 * @param config the settings
 */
public record PyramidPolicy(PyramidConfig config) implements CachePolicy {
  /** With a cosine and 30 layers a greater one keeps nine tenths. */
  private static final double LARGEST_DECAY = 0.96;

  @Override
  public String name() {
    return "pyramid";
  }

  @Override
  public PrefillPlan prefill(PromptShape prompt, int numLayers) {
    return new PyramidPrefill(config, prompt, numLayers).plan();
  }

  /** The budget or the prefill's decay goes halfway to 1; deep layers compound a decay. */
  @Override
  public CachePolicy relaxed() {
    var selection = config.selection();
    if (selection.budget().isGiven()) {
      return selection
          .budget()
          .relaxed()
          .<CachePolicy>map(budget -> with(config.prefill(), selection.withBudget(budget)))
          .orElse(new FullPolicy());
    }
    double decay = (1 + config.prefill().decay()) / 2;
    return decay > LARGEST_DECAY
        ? new FullPolicy()
        : with(config.prefill().withDecay(decay), selection);
  }

  private PyramidPolicy with(PyramidConfig.Prefill prefill, PyramidConfig.Selection selection) {
    return new PyramidPolicy(new PyramidConfig(prefill, config.generation(), selection));
  }

  @Override
  public Map<String, Object> settings() {
    return Presets.toMap(config);
  }

  /**
   * {@inheritDoc}
   *
   * <p>All layers compress at the same steps: every layer's length less its boundary is the number
   * of steps since its last compression plus r, so layer 0 is simulated for all.
   */
  @Override
  public GenerationPlan generation(PromptShape prompt, int numLayers, int maxNewTokens) {
    int exceed = config.generation().exceedLength();
    int cachedInLayer0 = prefill(prompt, numLayers).layer(0).cached();
    List<Integer> kept = keptCandidates(numLayers);
    List<Compression> compressions = new ArrayList<>();
    int length = cachedInLayer0;
    int boundary = cachedInLayer0;
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
    return new CompressionPlan(compressions);
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
