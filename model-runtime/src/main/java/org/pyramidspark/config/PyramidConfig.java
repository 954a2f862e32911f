package org.pyramidspark.config;

import java.io.Serializable;

/**
 * Settings of PyramidInfer (ACL 2024, arXiv 2405.12532).
 *
 * @param prefill how the prompt's context is pruned, layer by layer
 * @param generation how generated entries are compressed
 * @param selection what we add to it
 */
public record PyramidConfig(Prefill prefill, Generation generation, Selection selection)
    implements Serializable {
  /** As it was published. */
  public PyramidConfig(Prefill prefill, Generation generation) {
    this(prefill, generation, new Selection(Protect.NONE, false, Budget.NONE));
  }

  /** Equal settings are equal: where a budget is given, the decay means nothing. */
  public PyramidConfig {
    prefill = selection.budget().isGiven() ? prefill.withDecay(1) : prefill;
  }

  /**
   * What is not in the paper.
   *
   * @param protect which tokens are never dropped
   * @param perKvHead whether each KV head keeps its own tokens of those that enter a layer, as many
   *     as go on; the rows that go on are chosen by all heads together
   * @param budget in place of the decay, which then follows from each prompt's length; or none
   */
  public record Selection(Protect protect, boolean perKvHead, Budget budget)
      implements Serializable {

    /** The same with another budget. */
    public Selection withBudget(Budget value) {
      return new Selection(protect, perKvHead, value);
    }
  }

  /**
   * @param recentRatio share of the prompt whose rows score the context and are never dropped: r =
   *     int(n * recentRatio); 0 to 1
   * @param decay d of the schedule, over 0, at most 1; 1 prunes nothing
   * @param schedule how the kept fraction p_l goes with depth
   * @param minContext context rows at or below which nothing is dropped, at least 0
   * @param layerInterval prune after every so many layers, at least 1
   * @param sinkTokens first context rows that always stay, at least 0
   * @param distanceWeight weight of the newest scoring row, the oldest has 1; over 0
   */
  public record Prefill(
      double recentRatio,
      double decay,
      Schedule schedule,
      int minContext,
      int layerInterval,
      int sinkTokens,
      double distanceWeight)
      implements Serializable {

    public Prefill {
      PyramidSetting.RECENT_RATIO.check(recentRatio);
      PyramidSetting.PREFILL_DECAY.check(decay);
      PyramidSetting.MIN_CONTEXT.check(minContext);
      PyramidSetting.LAYER_INTERVAL.check(layerInterval);
      PyramidSetting.SINK_TOKENS.check(sinkTokens);
      PyramidSetting.DISTANCE_WEIGHT.check(distanceWeight);
    }

    /** The same with another decay. */
    public Prefill withDecay(double value) {
      return new Prefill(
          recentRatio, value, schedule, minContext, layerInterval, sinkTokens, distanceWeight);
    }
  }

  /**
   * @param decay d of the generation schedule g_l, 0 to 1
   * @param schedule how g_l goes with depth
   * @param compressRatio share of the candidates kept where g_l is 1; over 0, at most 1
   * @param exceedLength candidates that are compressed at once, at least 1
   */
  public record Generation(double decay, Schedule schedule, double compressRatio, int exceedLength)
      implements Serializable {

    public Generation {
      PyramidSetting.GEN_DECAY.check(decay);
      PyramidSetting.GEN_COMPRESS.check(compressRatio);
      PyramidSetting.EXCEED_LENGTH.check(exceedLength);
    }
  }
}
