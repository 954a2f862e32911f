package org.pyramidspark.op;

import java.util.Arrays;
import org.pyramidspark.cache.LayerCache;
import org.pyramidspark.cache.NativeMemory;
import org.pyramidspark.cache.PageLayout;

/**
 * Attention of few query vectors over a long cache: bound by reading keys and values. Scores of the
 * whole cache are kept, so that softmax is done once and scoring reads what is there.
 *
 * <p>Bursts of pages are touched, a load for each cache line, before they are computed with: the loads
 * of a burst are all under way at once, which is what the missing prefetch instruction would do.
 */
final class StreamedAttention {
  private static final int CACHE_LINE = 64;

  /** Bytes of keys or values that are touched at once: within the second-level cache. */
  private static final int BURST_BYTES = 64 << 10;

  private static final int QUERIES = 0;
  private static final int SCORES = 1;
  private static final int SUMS = 2;
  private static final int VECTOR = 3;
  private static final int TOTALS = 4;

  private final VectorLoops loops;
  private final AttentionTask task;
  private final KernelScratch scratch;
  private final LayerCache cache;
  private final PageLayout layout;
  private final int headSize;
  private final int numVectors;
  private final int entries;
  private final int pages;
  private final int stride;
  private final float[] scores;

  StreamedAttention(VectorLoops loops, AttentionTask task, KernelScratch scratch) {
    this.loops = loops;
    this.task = task;
    this.scratch = scratch;
    this.cache = task.cache();
    this.layout = cache.layout();
    this.headSize = layout.headSize();
    this.numVectors = task.numVectors();
    this.entries = task.visible(task.to() - 1);
    this.pages = PageLayout.pages(entries);
    // Rows a power of two apart would fight for the same lines of the first-level cache.
    this.stride = pages * PageLayout.TOKENS + PageLayout.KEY_PAIR;
    this.scores = scratch.floats(SCORES, numVectors * stride);
  }

  void run() {
    scores(queries());
    float[] totals = softmax();
    context(values(), totals);
    score(totals);
  }

  /** Queries, rotated, scaled for scores in powers of two. */
  private float[] queries() {
    float[] queries = scratch.floats(QUERIES, numVectors * headSize);
    float[] vector = scratch.floats(VECTOR, headSize);
    float scale = Softmax.scale(headSize);
    ProjectedRows rows = task.rows();
    for (int i = 0; i < numVectors; i++) {
      int row = task.row(task.index(i));
      loops.headVectors().rotated(rows, rows.query(row, task.head(i)), row, scale, vector);
      System.arraycopy(vector, 0, queries, i * headSize, headSize);
    }
    return queries;
  }

  private void scores(float[] queries) {
    int burst = burst();
    for (int page = 0; page < pages; page += burst) {
      int to = Math.min(page + burst, pages);
      touch(page, to, 0);
      for (int i = 0; i < numVectors; ) {
        int rows = VectorLoops.rowsTogether(numVectors - i);
        loops
            .pageProducts(layout.type(), rows)
            .scores(
                cache,
                task.kvHead(),
                page,
                to,
                queries,
                i * headSize,
                scores,
                i * stride,
                stride);
        i += rows;
      }
    }
  }

  private int burst() {
    return Math.max(1, BURST_BYTES / layout.valuesOffset());
  }

  private void touch(int fromPage, int toPage, int offset) {
    long sum = 0;
    for (int page = fromPage; page < toPage; page++) {
      sum ^= touch(cache.page(task.kvHead(), page) + offset, layout.valuesOffset());
    }
    scratch.consume(sum);
  }

  /** Loads one long of each cache line; unrolled, so that loads and not the loop are the limit. */
  private static long touch(long address, int bytes) {
    long sum = 0;
    long end = address + bytes;
    for (long at = address; at < end; at += 4 * CACHE_LINE) {
      sum ^=
          NativeMemory.longAt(at)
              ^ NativeMemory.longAt(at + CACHE_LINE)
              ^ NativeMemory.longAt(at + 2 * CACHE_LINE)
              ^ NativeMemory.longAt(at + 3 * CACHE_LINE);
    }
    return sum;
  }

  private float[] softmax() {
    float[] totals = scratch.floats(TOTALS, numVectors);
    int count = pages * PageLayout.TOKENS;
    for (int i = 0; i < numVectors; i++) {
      int from = i * stride;
      int visible = task.visible(task.index(i));
      Arrays.fill(scores, from + visible, from + count, Float.NEGATIVE_INFINITY);
      totals[i] = loops.softmax().row(scores, from, count);
    }
    return totals;
  }

  private float[] values() {
    float[] sums = scratch.floats(SUMS, sumsSize());
    Arrays.fill(sums, 0, sumsSize(), 0f);
    int burst = burst();
    for (int page = 0; page < pages; page += burst) {
      int to = Math.min(page + burst, pages);
      touch(page, to, layout.valuesOffset());
      int sum = 0;
      for (int i = 0; i < numVectors; ) {
        int rows = VectorLoops.rowsTogether(numVectors - i);
        PageProducts products = loops.pageProducts(layout.type(), rows);
        products.values(
            cache,
            task.kvHead(),
            page,
            to,
            entries,
            scores,
            i * stride,
            stride,
            sums,
            sum);
        sum += products.sumsSize(headSize);
        i += rows;
      }
    }
    return sums;
  }

  private int sumsSize() {
    return numVectors * loops.pageProducts(layout.type(), 1).sumsSize(headSize);
  }

  private void context(float[] sums, float[] totals) {
    float[] vector = scratch.floats(VECTOR, headSize);
    int sum = 0;
    for (int i = 0; i < numVectors; ) {
      int rows = VectorLoops.rowsTogether(numVectors - i);
      PageProducts products = loops.pageProducts(layout.type(), rows);
      for (int row = 0; row < rows; row++, i++) {
        products.context(sums, sum, row, vector, headSize);
        long target = task.context().at(task.contextRow(task.index(i)), task.head(i));
        loops.headVectors().write(vector, 1 / totals[i], task.context(), target);
      }
      sum += products.sumsSize(headSize);
    }
  }

  private void score(float[] totals) {
    AttentionTask.Scoring scoring = task.scoring();
    for (int i = 0; i < numVectors; i++) {
      int index = task.index(i);
      int first = scoring.firstEntry();
      int count = Math.min(scoring.entries(), task.visible(index) - first);
      if (count > 0) {
        float factor = scoring.weights()[index] / totals[i];
        loops.softmax().addScaled(scores, i * stride + first, count, factor, scoring.sums());
      }
    }
  }
}
