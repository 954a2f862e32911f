package org.pyramidspark.op;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.pyramidspark.cache.PageLayout;

/**
 * Attention of many rows, tiled, with online softmax (FlashAttention, arXiv 2205.14135). Scores are
 * computed transposed, so that a vector's lanes are query positions of one head: maximum, sum and
 * rescaling are then lane-wise, without horizontal sums. Three vectors go together through {@link
 * OuterProduct}; a page of 64 entries is unpacked once and serves all queries of the task.
 */
final class VectorPrefill {
  private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
  private static final int W = VectorWidth.LANES;

  /** Query vectors that go together. */
  private static final int VECTORS = OuterProduct.VECTORS;

  /** Queries that go together. */
  private static final int LANES = VECTORS * W;

  private static final int TOKENS = PageLayout.TOKENS;

  /**
   * The running maximum follows only when it grew by more than this power of two: probabilities then
   * stay below 2^8, and most tiles need no rescaling.
   */
  private static final float LAZY = 8;

  private static final float LOG2_E = 1.4426950408889634f;

  private final AttentionTask task;
  private final KernelScratch scratch;
  private final int headSize;
  private final int group;
  private final int numVectors;
  private final int numBundles;
  private final float[] queries;
  private final float[] contexts;
  private final float[] maxima;
  private final float[] sums;
  private final float[] visible;
  private final float[] scores;

  private VectorPrefill(AttentionTask task, KernelScratch scratch) {
    this.task = task;
    this.scratch = scratch;
    this.headSize = task.rows().model().headSize();
    this.group = task.rows().model().groupSize();
    int blocks = (task.to() - task.from() + W - 1) / W;
    this.numVectors = blocks * group;
    this.numBundles = (numVectors + VECTORS - 1) / VECTORS;
    int lanes = numBundles * LANES;
    this.queries = scratch.floats(0, lanes * headSize);
    // OuterProduct writes whole groups of rows.
    this.contexts = scratch.floats(1, lanes * paddedHead());
    this.maxima = scratch.floats(2, lanes);
    this.sums = scratch.floats(3, lanes);
    this.visible = scratch.floats(4, lanes);
    this.scores = scratch.floats(5, LANES * TOKENS);
  }

  static void attend(AttentionTask task, KernelScratch scratch) {
    if (!task.scoring().wanted()) {
      new VectorPrefill(task, scratch).run();
      return;
    }
    // The probabilities of scored queries are kept until their sum is known; few at a time, so that
    // they stay in the level 2 cache.
    int block = W * Math.max(1, VECTORS / task.rows().model().groupSize());
    for (int from = task.from(); from < task.to(); from += block) {
      new VectorPrefill(task.part(from, Math.min(from + block, task.to())), scratch).run();
    }
  }

  private int paddedHead() {
    return (headSize + OuterProduct.ROWS - 1) / OuterProduct.ROWS * OuterProduct.ROWS;
  }

  private void run() {
    load();
    int pages = PageLayout.pages(task.visible(task.to() - 1));
    float[] keys = scratch.floats(6, TOKENS * headSize);
    float[] values = scratch.floats(7, TOKENS * paddedHead());
    VectorScores scoring = new VectorScores(task, scratch, numBundles, pages);
    for (int page = 0; page < pages; page++) {
      VectorTile.unpack(task.cache(), task.kvHead(), page, keys, values);
      for (int bundle = 0; bundle < numBundles; bundle++) {
        if (page * TOKENS < lastVisible(bundle)) {
          attend(bundle, page, keys, values, scoring);
        }
      }
    }
    if (task.scoring().wanted()) {
      scoring.finish(weights(), maxima, sums);
    }
    store();
  }

  private float[] weights() {
    float[] weights = scratch.floats(10, numBundles * LANES);
    for (int lane = 0; lane < numBundles * LANES; lane++) {
      weights[lane] = repeats(lane) ? 0 : task.scoring().weights()[index(lane)];
    }
    return weights;
  }

  /** Whether a lane beyond the last query repeats another. */
  private boolean repeats(int lane) {
    int position = lane / W / group * W + lane % W;
    return lane >= numVectors * W || position >= task.to() - task.from();
  }

  /** Query index of a lane; lanes beyond the last query repeat it. */
  private int index(int lane) {
    int block = lane / W / group;
    return Math.min(task.from() + block * W + lane % W, task.to() - 1);
  }

  private int head(int lane) {
    return task.kvHead() * group + Math.min(lane / W, numVectors - 1) % group;
  }

  private int lastVisible(int bundle) {
    return task.visible(index(bundle * LANES + LANES - 1));
  }

  private int firstVisible(int bundle) {
    return task.visible(index(bundle * LANES));
  }

  /** Rotates queries, scaled so that 2^x replaces e^x, into {@code [bundle][dim][lane]}. */
  private void load() {
    ProjectedRows rows = task.rows();
    float[] vector = scratch.floats(6, TOKENS * headSize);
    float scale = (float) (LOG2_E / Math.sqrt(headSize));
    for (int lane = 0; lane < numBundles * LANES; lane++) {
      int index = index(lane);
      int row = task.row(index);
      VectorRows.read(rows.query(row, head(lane)), rows.type(), vector, headSize);
      VectorRows.rotate(vector, headSize / 2, rows.rotary(), rows.positions()[row], scale);
      int target = lane / LANES * LANES * headSize + lane % LANES;
      for (int dim = 0; dim < headSize; dim++, target += LANES) {
        queries[target] = vector[dim];
      }
      visible[lane] = task.visible(index);
    }
    int lanes = numBundles * LANES;
    Arrays.fill(contexts, 0, lanes * paddedHead(), 0f);
    Arrays.fill(maxima, 0, lanes, -1e30f);
    Arrays.fill(sums, 0, lanes, 0f);
  }

  private void attend(
      int bundle, int page, float[] keys, float[] values, VectorScores scoring) {
    for (int key = 0; key < TOKENS; key += OuterProduct.ROWS) {
      OuterProduct.multiply(
          keys,
          key,
          TOKENS,
          queries,
          bundle * LANES * headSize,
          headSize,
          scores,
          key * LANES,
          false);
    }
    int firstEntry = page * TOKENS;
    boolean masked = firstEntry + TOKENS > firstVisible(bundle);
    for (int vector = 0; vector < VECTORS; vector++) {
      if (masked) {
        mask(bundle, vector, firstEntry);
      }
      softmax(bundle, vector);
    }
    scoring.keep(bundle, page, scores, maxima);
    int context = bundle * LANES * paddedHead();
    for (int dim = 0; dim < headSize; dim += OuterProduct.ROWS) {
      OuterProduct.multiply(
          values, dim, headSize, scores, 0, TOKENS, contexts, context + dim * LANES, true);
    }
  }

  /** Causality: an entry that a lane does not see gets -infinity. */
  private void mask(int bundle, int vector, int firstEntry) {
    FloatVector seen = FloatVector.fromArray(F, visible, bundle * LANES + vector * W);
    for (int key = 0; key < TOKENS; key++) {
      int at = key * LANES + vector * W;
      VectorMask<Float> hidden = seen.compare(VectorOperators.LE, (float) (firstEntry + key));
      FloatVector.fromArray(F, scores, at)
          .blend(Float.NEGATIVE_INFINITY, hidden)
          .intoArray(scores, at);
    }
  }

  /** Turns scores into probabilities, not yet divided by their sum. */
  private void softmax(int bundle, int vector) {
    int lane = bundle * LANES + vector * W;
    FloatVector highest = FloatVector.fromArray(F, scores, vector * W);
    for (int at = LANES + vector * W; at < TOKENS * LANES; at += LANES) {
      FloatVector score = FloatVector.fromArray(F, scores, at);
      highest = highest.blend(score, score.compare(VectorOperators.GT, highest));
    }
    FloatVector maximum = FloatVector.fromArray(F, maxima, lane);
    if (highest.compare(VectorOperators.GT, maximum.add(LAZY)).anyTrue()) {
      maximum = raise(bundle, vector, highest);
    }
    FloatVector sum = FloatVector.fromArray(F, sums, lane);
    for (int at = vector * W; at < TOKENS * LANES; at += LANES) {
      FloatVector x = FloatVector.fromArray(F, scores, at).sub(maximum);
      FloatVector power = VectorExp2.exp2(x).blend(0f, x.compare(VectorOperators.LT, -126f));
      power.intoArray(scores, at);
      sum = sum.add(power);
    }
    sum.intoArray(sums, lane);
  }

  private FloatVector raise(int bundle, int vector, FloatVector highest) {
    int lane = bundle * LANES + vector * W;
    FloatVector old = FloatVector.fromArray(F, maxima, lane);
    FloatVector maximum = old.blend(highest, highest.compare(VectorOperators.GT, old));
    FloatVector scale = VectorExp2.exp2(old.sub(maximum));
    maximum.intoArray(maxima, lane);
    FloatVector.fromArray(F, sums, lane).mul(scale).intoArray(sums, lane);
    int context = bundle * LANES * paddedHead() + vector * W;
    for (int dim = 0; dim < headSize; dim++, context += LANES) {
      FloatVector.fromArray(F, contexts, context).mul(scale).intoArray(contexts, context);
    }
    return maximum;
  }

  private void store() {
    float[] vector = scratch.floats(6, TOKENS * headSize);
    for (int lane = 0; lane < numVectors * W; lane++) {
      if (repeats(lane)) {
        continue;
      }
      float inverse = 1 / sums[lane];
      int source = lane / LANES * LANES * paddedHead() + lane % LANES;
      for (int dim = 0; dim < headSize; dim++, source += LANES) {
        vector[dim] = contexts[source] * inverse;
      }
      long target = task.context().at(task.contextRow(index(lane)), head(lane));
      VectorRows.write(vector, target, task.context().type(), headSize);
    }
  }
}
