package org.pyramidspark.op;

import java.util.Optional;
import org.pyramidspark.cache.CompressionPlan;
import org.pyramidspark.cache.CompressionPlan.Compression;
import org.pyramidspark.cache.CompressionPlan.ScoringWindow;
import org.pyramidspark.cache.LayerCache;
import org.pyramidspark.cache.Observation.Statistic;
import org.pyramidspark.cache.PivotalContext;
import org.pyramidspark.op.AttentionTask.Scoring;

/** PyramidInfer's: generated entries that leave the recent window are thinned out in groups. */
final class CompressionCut implements GenerationCut {
  private final CompressionPlan plan;
  private final LayerCache cache;
  private final int layer;
  private final int step;
  private final Optional<ScoringWindow> window;
  private final float[][] headSums;

  CompressionCut(
      CompressionPlan plan, LayerCache cache, int layer, int step, Optional<ScoringWindow> window) {
    this.plan = plan;
    this.cache = cache;
    this.layer = layer;
    this.step = step;
    this.window = window;
    this.headSums = new float[cache.numKvHeads()][window.map(w -> w.weights().length).orElse(0)];
  }

  @Override
  public boolean scores() {
    return window.isPresent();
  }

  @Override
  public int prepared() {
    return 0;
  }

  @Override
  public void prepare(int kvHead) {}

  @Override
  public Scoring scoring(int kvHead) {
    return window
        .map(
            scored ->
                new Scoring(
                    Statistic.ATTENTION,
                    entryOf(scored.firstCandidate()),
                    scored.weights().length,
                    new float[] {1},
                    headSums[kvHead]))
        .orElse(Scoring.none());
  }

  /** The entry that a step appended; none after it was ever dropped. */
  private int entryOf(int appendedAt) {
    return cache.length() - 1 - (step - appendedAt);
  }

  @Override
  public void finish() {
    window.ifPresent(this::addScores);
    plan.compressionAt(step).ifPresent(this::compress);
  }

  private void addScores(ScoringWindow scored) {
    float[] scores = cache.generationScores(step + 1);
    for (int j = 0; j < scored.weights().length; j++) {
      float sum = 0;
      for (float[] sums : headSums) {
        sum += sums[j];
      }
      scores[scored.firstCandidate() + j] += scored.weights()[j] * sum;
    }
  }

  private void compress(Compression compression) {
    float[] scores = cache.generationScores(step + 1);
    float[] candidates = new float[compression.candidates()];
    System.arraycopy(scores, compression.firstCandidate(), candidates, 0, compression.candidates());
    int[] kept =
        PivotalContext.select(candidates, candidates.length, compression.kept().get(layer), 0);
    int first = entryOf(compression.firstCandidate());
    for (int i = 0; i < kept.length; i++) {
      kept[i] += first;
    }
    cache.retain(first, first + compression.candidates(), kept);
  }
}
