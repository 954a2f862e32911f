package org.pyramidspark.op;

import java.util.Arrays;
import org.pyramidspark.cache.EvictionPlan;
import org.pyramidspark.cache.EvictionPlan.Rule;
import org.pyramidspark.cache.LayerCache;
import org.pyramidspark.cache.Observation.Statistic;
import org.pyramidspark.cache.PageLayout;
import org.pyramidspark.cache.PivotalContext;
import org.pyramidspark.op.AttentionTask.Scoring;

/** Entries leave when the cache is over its budget; each rule is its paper's. */
final class EvictionCut implements GenerationCut {
  private final EvictionPlan plan;
  private final LayerCache cache;
  private final int position;
  private final RotaryTable rotary;
  private final boolean observes;
  private final boolean evicts;
  private final float[][] headSums;

  /**
   * @param cache with this step's entry already
   * @param position of this step's token
   * @param step counted from 1
   */
  EvictionCut(
      EvictionPlan plan, LayerCache cache, int layer, int position, int step, RotaryTable rotary) {
    this.plan = plan;
    this.cache = cache;
    this.position = position;
    this.rotary = rotary;
    this.observes = plan.observes(layer, step);
    this.evicts = plan.evicts(layer, step);
    this.headSums = new float[cache.numKvHeads()][observes ? cache.length() : 0];
    if (rotatesFirstKeys()) {
      cache.keepFirstKeys();
    }
  }

  /** Once entries have left, original positions are no longer those within the cache. */
  private boolean rotatesFirstKeys() {
    return plan.rule() instanceof Rule.Oldest && missing() > 0;
  }

  private int missing() {
    return position + 1 - cache.length();
  }

  @Override
  public boolean scores() {
    return observes;
  }

  @Override
  public int prepared() {
    return rotatesFirstKeys() ? plan.first() : 0;
  }

  /**
   * The window's keys lie as far from the query as in the cache; the first ones are moved to where
   * the window begins. That depends on the step alone, so no error adds up.
   */
  @Override
  public void prepare(int kvHead) {
    if (!rotatesFirstKeys()) {
      return;
    }
    float[][] keys = cache.firstKeys(kvHead, plan.first());
    for (int entry = 0; entry < keys.length; entry++) {
      float[] key = keys[entry].clone();
      rotary.rotate(key, missing());
      long page = cache.page(kvHead, entry / PageLayout.TOKENS);
      cache.layout().putKey(page, entry % PageLayout.TOKENS, key);
    }
  }

  @Override
  public Scoring scoring(int kvHead) {
    return observes
        ? new Scoring(statistic(), 0, cache.length(), new float[] {1}, headSums[kvHead])
        : Scoring.none();
  }

  private Statistic statistic() {
    return plan.rule() instanceof Rule.LeastPersistent
        ? Statistic.PERSISTENCE
        : Statistic.ATTENTION;
  }

  @Override
  public void finish() {
    if (plan.rule().perKvHead()) {
      addSums();
    }
    if (!evicts) {
      return;
    }
    switch (plan.rule()) {
      case Rule.Oldest oldest -> cache.remove(sameForAll(lowest(0, positions())));
      case Rule.LeastAttended attended -> cache.remove(sameForAll(lowest(0, sumOverHeads())));
      case Rule.LeastAccumulated accumulated -> cache.remove(lowestOfEach());
      case Rule.LeastPersistent persistent -> removeGroup();
    }
  }

  private int[] sameForAll(int entry) {
    int[] entries = new int[cache.numKvHeads()];
    Arrays.fill(entries, entry);
    return entries;
  }

  private float[] positions() {
    float[] positions = new float[cache.length()];
    for (int entry = 0; entry < positions.length; entry++) {
      positions[entry] = cache.position(0, entry);
    }
    return positions;
  }

  private float[] sumOverHeads() {
    float[] sums = new float[cache.length()];
    for (float[] head : headSums) {
      for (int entry = 0; entry < sums.length; entry++) {
        sums[entry] += head[entry];
      }
    }
    return sums;
  }

  private int[] lowestOfEach() {
    int[] entries = new int[cache.numKvHeads()];
    for (int head = 0; head < entries.length; head++) {
      entries[head] = lowest(head, cache.scores(head));
    }
    return entries;
  }

  /** The entry with the lowest score among those that may leave; of equal ones the newest. */
  private int lowest(int kvHead, float[] scores) {
    int lowest = -1;
    for (int entry = 0; entry < cache.length(); entry++) {
      int at = cache.position(kvHead, entry);
      boolean mayLeave = at >= plan.first() && at <= position - plan.recent();
      if (mayLeave && (lowest < 0 || leavesBefore(kvHead, entry, lowest, scores))) {
        lowest = entry;
      }
    }
    return lowest;
  }

  private boolean leavesBefore(int kvHead, int entry, int other, float[] scores) {
    return scores[entry] < scores[other]
        || scores[entry] == scores[other]
            && cache.position(kvHead, entry) > cache.position(kvHead, other);
  }

  private void addSums() {
    for (int head = 0; head < headSums.length; head++) {
      float[] scores = cache.scores(head);
      for (int entry = 0; entry < headSums[head].length; entry++) {
        scores[entry] += headSums[head][entry];
      }
    }
  }

  /** Entries are in order of their positions, since only groups ever leave. */
  private void removeGroup() {
    int candidates = cache.length() - plan.recent();
    int[][] kept = new int[cache.numKvHeads()][];
    for (int head = 0; head < kept.length; head++) {
      kept[head] =
          PivotalContext.select(
              cache.scores(head), candidates, candidates - plan.atOnce(), plan.first());
    }
    cache.retain(0, candidates, kept);
    for (int head = 0; head < kept.length; head++) {
      Arrays.fill(cache.scores(head), 0f);
    }
  }
}
