package org.pyramidspark.config;

import java.io.Serializable;
import org.pyramidspark.errors.InvalidInputException;

/**
 * Settings of PyramidInfer (ACL 2024, arXiv 2405.12532).
 *
 * @param prefill how the prompt's context is pruned, layer by layer
 * @param generation how generated entries are compressed
 */
public record PyramidConfig(Prefill prefill, Generation generation) implements Serializable {

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
      Setting.within("recent_ratio", recentRatio, 0, 1);
      Setting.fraction("prefill_decay", decay);
      Setting.atLeast("min_context", minContext, 0);
      Setting.atLeast("layer_interval", layerInterval, 1);
      Setting.atLeast("sink_tokens", sinkTokens, 0);
      Setting.weight("distance_weight", distanceWeight);
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
      Setting.within("gen_decay", decay, 0, 1);
      Setting.fraction("gen_compress", compressRatio);
      Setting.atLeast("exceed_length", exceedLength, 1);
    }
  }

  private static final class Setting {

    static void within(String key, double value, double low, double high) {
      if (!(value >= low && value <= high)) {
        throw InvalidInputException.of("Setting %s is %s; give a number from %s to %s.",
            key, value, low, high);
      }
    }

    static void fraction(String key, double value) {
      if (!(value > 0 && value <= 1)) {
        throw InvalidInputException.of("Setting %s is %s; give a number over 0 and at most 1.",
            key, value);
      }
    }

    static void weight(String key, double value) {
      if (!(value > 0 && value <= 1000)) {
        throw InvalidInputException.of("Setting %s is %s; give a number over 0 and at most 1000.",
            key, value);
      }
    }

    static void atLeast(String key, int value, int low) {
      if (value < low) {
        throw InvalidInputException.of("Setting %s is %d; give a whole number of at least %d.",
            key, value, low);
      }
    }
  }
}
