package org.pyramidspark.op;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.pyramidspark.cache.LayerCache;
import org.pyramidspark.cache.NativeMemory;
import org.pyramidspark.cache.PageLayout;

/**
 * Attention of one row over a long cache: bound by reading keys and values once. Scores of the whole
 * cache are kept, so softmax is done once, and scoring reads them.
 */
final class VectorDecode {
  private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
  private static final int W = VectorWidth.LANES;
  private static final int TOKENS = PageLayout.TOKENS;
  private static final int HEADS = PageProducts.HEADS;
  private static final float LOG2_E = 1.4426950408889634f;

  private final AttentionTask task;
  private final int index;
  private final LayerCache cache;
  private final PageLayout layout;
  private final int headSize;
  private final int group;
  private final int batches;
  private final int visible;
  private final int stride;
  private final float[] queries;
  private final float[] scores;
  private final float[] contexts;
  private long touched;

  private VectorDecode(AttentionTask task, int index, KernelScratch scratch) {
    this.task = task;
    this.index = index;
    this.cache = task.cache();
    this.layout = cache.layout();
    this.headSize = layout.headSize();
    this.group = task.rows().model().groupSize();
    this.batches = (group + HEADS - 1) / HEADS;
    this.visible = task.visible(index);
    this.stride = PageLayout.pages(visible) * TOKENS;
    this.queries = scratch.floats(0, batches * HEADS * headSize);
    this.scores = scratch.floats(1, batches * HEADS * stride);
    this.contexts = scratch.floats(2, batches * HEADS * headSize);
  }

  static void attend(AttentionTask task, KernelScratch scratch) {
    for (int index = task.from(); index < task.to(); index++) {
      VectorDecode row = new VectorDecode(task, index, scratch);
      row.run(scratch.floats(3, row.headSize));
      scratch.consume(row.touched);
    }
  }

  private void run(float[] vector) {
    load(vector);
    for (int page = 0; page * TOKENS < visible; page++) {
      long address = cache.page(task.kvHead(), page);
      touch(address, layout.valuesOffset());
      for (int batch = 0; batch < batches; batch++) {
        PageProducts.scores(
            layout,
            address,
            queries,
            batch * HEADS * headSize,
            scores,
            batch * HEADS * stride + page * TOKENS,
            stride);
      }
    }
    for (int head = 0; head < group; head++) {
      softmax(head * stride);
      addScores(head * stride);
    }
    for (int page = 0; page * TOKENS < visible; page++) {
      long address = cache.page(task.kvHead(), page);
      touch(address + layout.valuesOffset(), layout.valuesOffset());
      int entries = Math.min(TOKENS, visible - page * TOKENS);
      for (int batch = 0; batch < batches; batch++) {
        PageProducts.values(
            layout,
            address,
            entries,
            scores,
            batch * HEADS * stride + page * TOKENS,
            stride,
            contexts,
            batch * HEADS * headSize);
      }
    }
    store(vector);
  }

  /**
   * Reads one long of each cache line before the page is worked on: the misses then overlap, which
   * the hardware's prefetcher alone does not do across pages; half as fast again.
   */
  private void touch(long address, int bytes) {
    long bits = touched;
    for (int at = 0; at < bytes; at += 64) {
      bits ^= NativeMemory.ALL.get(java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED, address + at);
    }
    touched = bits;
  }

  /** Rotated queries of the group; heads that fill up the last batch are zero. */
  private void load(float[] vector) {
    ProjectedRows rows = task.rows();
    int row = task.row(index);
    float scale = (float) (LOG2_E / Math.sqrt(headSize));
    Arrays.fill(queries, 0, batches * HEADS * headSize, 0f);
    Arrays.fill(contexts, 0, batches * HEADS * headSize, 0f);
    for (int head = 0; head < group; head++) {
      VectorRows.read(
          rows.query(row, task.kvHead() * group + head), rows.type(), vector, headSize);
      VectorRows.rotate(vector, headSize / 2, rows.rotary(), rows.positions()[row], scale);
      System.arraycopy(vector, 0, queries, head * headSize, headSize);
    }
  }

  /** In place; entries beyond the visible ones get 0. */
  private void softmax(int from) {
    Arrays.fill(scores, from + visible, from + stride, Float.NEGATIVE_INFINITY);
    FloatVector highest = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
    for (int at = from; at < from + stride; at += W) {
      highest = highest.max(FloatVector.fromArray(F, scores, at));
    }
    float maximum = highest.reduceLanes(VectorOperators.MAX);
    FloatVector sum = FloatVector.zero(F);
    for (int at = from; at < from + stride; at += W) {
      FloatVector x = FloatVector.fromArray(F, scores, at).sub(maximum);
      FloatVector power = VectorExp2.exp2(x).blend(0f, x.compare(VectorOperators.LT, -126f));
      power.intoArray(scores, at);
      sum = sum.add(power);
    }
    float inverse = 1 / sum.reduceLanes(VectorOperators.ADD);
    for (int at = from; at < from + stride; at += W) {
      FloatVector.fromArray(F, scores, at).mul(inverse).intoArray(scores, at);
    }
  }

  private void addScores(int from) {
    AttentionTask.Scoring scoring = task.scoring();
    for (int j = 0; j < scoring.entries() && scoring.firstEntry() + j < visible; j++) {
      scoring.sums()[j] += scoring.weights()[index] * scores[from + scoring.firstEntry() + j];
    }
  }

  private void store(float[] vector) {
    for (int head = 0; head < group; head++) {
      System.arraycopy(contexts, head * headSize, vector, 0, headSize);
      long target = task.context().at(task.contextRow(index), task.kvHead() * group + head);
      VectorRows.write(vector, target, task.context().type(), headSize);
    }
  }
}
