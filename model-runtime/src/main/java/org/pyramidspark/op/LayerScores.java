package org.pyramidspark.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.pyramidspark.cache.LayerCache;
import org.pyramidspark.cache.LayerPlan;
import org.pyramidspark.cache.Observation;
import org.pyramidspark.cache.Observation.Smoothing;
import org.pyramidspark.cache.Observation.Smoothing.Pooling;
import org.pyramidspark.cache.PivotalContext;
import org.pyramidspark.op.AttentionTask.Scoring;

/**
 * Scores of a prompt's rows in one layer, out of the observing rows' attention. Tasks of several
 * threads fill sums of their own; all else is done by one thread after them.
 */
final class LayerScores {
  private final LayerPlan plan;
  private final Observation observation;
  private final int scored;
  private final float[] weights;
  private final List<List<float[]>> partialSums;
  private final float[][] valueNorms;
  private float[][] ofHeads = new float[0][];
  private float[] ofLayer = new float[0];

  /**
   * @param wanted whether anything is scored
   */
  LayerScores(LayerPlan plan, int numKvHeads, boolean wanted) {
    this.plan = plan;
    this.observation = plan.observation();
    this.scored = observation.kept() ? plan.rows() : plan.context();
    this.weights = new float[wanted ? observation.rows() : 0];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = observation.weight(i);
    }
    this.partialSums =
        IntStream.range(0, numKvHeads).<List<float[]>>mapToObj(head -> new ArrayList<>()).toList();
    this.valueNorms = new float[numKvHeads][wanted && observation.valueNorm() ? plan.rows() : 0];
  }

  /** Where norms of a KV head's values go; empty if they are not needed. */
  float[] valueNorms(int kvHead) {
    return valueNorms[kvHead];
  }

  /** Sums of its own for each task, added up in a fixed order: the same whoever ran them. */
  Scoring scoring(int kvHead) {
    float[] sums = new float[scored];
    partialSums.get(kvHead).add(sums);
    return new Scoring(observation.statistic(), 0, scored, weights, sums);
  }

  /** Puts the tasks' sums together. */
  void complete() {
    ofHeads = new float[partialSums.size()][];
    for (int head = 0; head < ofHeads.length; head++) {
      ofHeads[head] = sum(partialSums.get(head), scored);
      weigh(ofHeads[head], valueNorms[head]);
    }
    ofLayer = sum(Arrays.asList(ofHeads), plan.context());
  }

  private static float[] sum(List<float[]> parts, int length) {
    float[] total = new float[length];
    for (float[] part : parts) {
      for (int j = 0; j < length; j++) {
        total[j] += part[j];
      }
    }
    return total;
  }

  private void weigh(float[] scores, float[] norms) {
    if (norms.length > 0) {
      for (int j = 0; j < scores.length; j++) {
        scores[j] *= norms[j];
      }
    }
  }

  /**
   * Scores of the context rows, up to a constant factor, over all heads: those that choose rows.
   */
  float[] ofRows() {
    return smoothed(ofLayer, observation.rowSmoothing());
  }

  /** The context rows that go on, ascending. */
  int[] bestRows() {
    return best(ofRows(), plan.contextOn());
  }

  /** The context entries that stay for all KV heads, ascending. */
  int[] bestEntries() {
    return best(smoothed(ofLayer, observation.smoothing()), plan.contextCached());
  }

  /** The context entries that stay for each KV head, ascending. */
  int[][] bestEntriesOfEach() {
    return Arrays.stream(ofHeads)
        .map(scores -> Arrays.copyOf(scores, plan.context()))
        .map(scores -> best(smoothed(scores, observation.smoothing()), plan.contextCached()))
        .toArray(int[][]::new);
  }

  private int[] best(float[] scores, int kept) {
    return PivotalContext.select(scores, plan.context(), kept, plan.first());
  }

  /** Leaves every entry's sum with the cache. */
  void copyTo(LayerCache cache) {
    for (int head = 0; head < ofHeads.length; head++) {
      System.arraycopy(ofHeads[head], 0, cache.scores(head), 0, scored);
    }
  }

  private static float[] smoothed(float[] scores, Smoothing smoothing) {
    int reach = smoothing.width() / 2;
    if (reach == 0) {
      return scores;
    }
    float[] smoothed = new float[scores.length];
    for (int j = 0; j < scores.length; j++) {
      int from = Math.max(0, j - reach);
      int to = Math.min(scores.length, j + reach + 1);
      smoothed[j] =
          smoothing.pooling() == Pooling.MAX ? max(scores, from, to) : mean(scores, from, to);
    }
    return smoothed;
  }

  private static float mean(float[] scores, int from, int to) {
    float sum = 0;
    for (int j = from; j < to; j++) {
      sum += scores[j];
    }
    return sum / (to - from);
  }

  private static float max(float[] scores, int from, int to) {
    float max = scores[from];
    for (int j = from + 1; j < to; j++) {
      max = Math.max(max, scores[j]);
    }
    return max;
  }
}
