package org.pyramidspark.op;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.pyramidspark.cache.PageLayout;

/**
 * The attention that entries get from scored queries, out of the probabilities that {@link
 * VectorPrefill} computes anyway: they are kept unnormalised with the maximum that they are relative
 * to, and weighted once maximum and sum are final. Computing them again would cost four times as much.
 */
final class VectorScores {
  private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
  private static final int W = VectorWidth.LANES;
  private static final int LANES = OuterProduct.VECTORS * W;
  private static final int TOKENS = PageLayout.TOKENS;

  private final AttentionTask task;
  private final int numBundles;
  private final int pages;
  private final float[] probabilities;
  private final float[] maxima;

  /**
   * @param numBundles bundles of queries that go together
   * @param pages pages that the queries attend to
   */
  VectorScores(AttentionTask task, KernelScratch scratch, int numBundles, int pages) {
    AttentionTask.Scoring scoring = task.scoring();
    int scoredPages = PageLayout.pages(scoring.firstEntry() + scoring.entries());
    this.task = task;
    this.numBundles = numBundles;
    this.pages = scoring.wanted() ? Math.min(pages, scoredPages) : 0;
    this.probabilities = scratch.floats(8, numBundles * this.pages * TOKENS * LANES);
    this.maxima = scratch.floats(9, numBundles * this.pages * LANES);
  }

  /** Keeps the probabilities of one page, relative to the bundle's present maxima. */
  void keep(int bundle, int page, float[] tile, float[] bundleMaxima) {
    if (page < pages) {
      int at = bundle * pages + page;
      System.arraycopy(tile, 0, probabilities, at * TOKENS * LANES, TOKENS * LANES);
      System.arraycopy(bundleMaxima, bundle * LANES, maxima, at * LANES, LANES);
    }
  }

  /**
   * Adds up.
   *
   * @param weights of the queries by lane, 0 for lanes that repeat a query
   * @param finalMaxima by lane
   * @param sums of the unnormalised probabilities by lane
   */
  void finish(float[] weights, float[] finalMaxima, float[] sums) {
    for (int bundle = 0; bundle < numBundles; bundle++) {
      for (int page = 0; page < pages; page++) {
        addPage(bundle, page, weights, finalMaxima, sums);
      }
    }
  }

  private void addPage(
      int bundle, int page, float[] weights, float[] finalMaxima, float[] sums) {
    int at = bundle * pages + page;
    FloatVector factor0 = factor(bundle, at, 0, weights, finalMaxima, sums);
    FloatVector factor1 = factor(bundle, at, 1, weights, finalMaxima, sums);
    FloatVector factor2 = factor(bundle, at, 2, weights, finalMaxima, sums);
    AttentionTask.Scoring scoring = task.scoring();
    int from = Math.max(0, scoring.firstEntry() - page * TOKENS);
    int to = Math.min(TOKENS, scoring.firstEntry() + scoring.entries() - page * TOKENS);
    for (int key = from; key < to; key++) {
      int source = (at * TOKENS + key) * LANES;
      FloatVector sum = FloatVector.fromArray(F, probabilities, source).mul(factor0);
      sum = FloatVector.fromArray(F, probabilities, source + W).fma(factor1, sum);
      sum = FloatVector.fromArray(F, probabilities, source + 2 * W).fma(factor2, sum);
      scoring.sums()[page * TOKENS + key - scoring.firstEntry()] +=
          sum.reduceLanes(VectorOperators.ADD);
    }
  }

  /** Weight over sum, and the step from the page's maximum to the final one. */
  private FloatVector factor(
      int bundle, int at, int vector, float[] weights, float[] finalMaxima, float[] sums) {
    int lane = bundle * LANES + vector * W;
    FloatVector step =
        FloatVector.fromArray(F, maxima, at * LANES + vector * W)
            .sub(FloatVector.fromArray(F, finalMaxima, lane));
    return VectorExp2.exp2(step)
        .mul(FloatVector.fromArray(F, weights, lane))
        .div(FloatVector.fromArray(F, sums, lane));
  }
}
