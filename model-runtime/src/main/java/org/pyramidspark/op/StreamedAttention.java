package org.pyramidspark.op;

import java.util.Arrays;
import org.pyramidspark.cache.LayerCache;
import org.pyramidspark.cache.PageLayout;

/**
 * Attention of few query vectors: bound by reading the cache. Each page is read once, keys and then
 * values as they lie, with softmax online; so the processor's prefetching sees whole pages in
 * ascending order. (Keys of all pages first and values after them, half pages, came to a third to a
 * half of the memory rate on Zen 4; whole pages to all of it. Loading a line of each page ahead, in
 * place of the prefetch instruction that Java lacks, made it slower there.)
 *
 * <p>Scores stay in memory for scoring, which weights them once references and sums are final.
 */
final class StreamedAttention {
  private static final int TOKENS = PageLayout.TOKENS;
  private static final int QUERIES = 0;
  private static final int SCORES = 1;
  private static final int PROBABILITIES = 2;
  private static final int SUMS = 3;
  private static final int PARTIALS = 4;
  private static final int REFERENCES = 5;
  private static final int VECTOR = 6;

  private final VectorLoops loops;
  private final PageProducts[] pageProducts;
  private final AttentionTask task;
  private final PageRange pages;
  private final LayerCache cache;
  private final PageLayout layout;
  private final int headSize;
  private final int numVectors;
  private final int entries;
  private final int stride;
  private final float[] queries;
  private final float[] scores;
  private final float[] probabilities;
  private final float[] sums;
  private final float[] partials;
  private final float[] references;
  private final float[] vector;

  /**
   * @param pageProducts by their rows less one
   * @param pages that are attended to
   */
  StreamedAttention(
      VectorLoops loops,
      PageProducts[] pageProducts,
      AttentionTask task,
      PageRange pages,
      KernelScratch scratch) {
    this.loops = loops;
    this.pageProducts = pageProducts;
    this.task = task;
    this.pages = pages;
    this.cache = task.cache();
    this.layout = cache.layout();
    this.headSize = layout.headSize();
    this.numVectors = task.numVectors();
    this.entries = task.visible(task.to() - 1);
    // Rows a power of two apart would fight for the same lines of the first-level cache.
    this.stride = pages.pages() * TOKENS + Softmax.PARTIALS;
    this.queries = scratch.floats(QUERIES, numVectors * headSize);
    this.scores = scratch.floats(SCORES, numVectors * stride);
    this.probabilities = scratch.floats(PROBABILITIES, Math.max(numVectors * TOKENS, stride));
    this.sums = scratch.floats(SUMS, sumsSize());
    this.partials = scratch.floats(PARTIALS, numVectors * Softmax.PARTIALS);
    this.references = scratch.floats(REFERENCES, numVectors);
    this.vector = scratch.floats(VECTOR, headSize);
  }

  private int sumsSize() {
    return numVectors * products(1).sumsSize(headSize);
  }

  private PageProducts products(int rows) {
    return pageProducts[rows - 1];
  }

  /** Writes the context and adds the scores. */
  void run() {
    attend();
    forEachContext(this::finish);
  }

  /** Keeps the context as part of a larger cache's. */
  void run(PartialAttention part) {
    attend();
    forEachContext(
        i -> {
          part.references()[i] = references[i];
          part.totals()[i] = total(i);
          System.arraycopy(vector, 0, part.contexts()[i], 0, headSize);
        });
  }

  private void attend() {
    start();
    for (int page = pages.first(); page < pages.end(); page++) {
      int sum = 0;
      for (int first = 0; first < numVectors; ) {
        int rows = RowGroups.next(numVectors - first, VectorLoops.MOST_ROWS);
        PageProducts products = products(rows);
        attend(products, page, first, rows, sum);
        sum += products.sumsSize(headSize);
        first += rows;
      }
    }
  }

  /** Queries, rotated, scaled for scores in powers of two; nothing summed yet. */
  private void start() {
    float scale = Softmax.scale(headSize);
    ProjectedRows rows = task.rows();
    for (int i = 0; i < numVectors; i++) {
      int row = task.row(task.index(i));
      loops.headVectors().rotated(rows, rows.query(row, task.head(i)), row, scale, vector);
      System.arraycopy(vector, 0, queries, i * headSize, headSize);
    }
    for (int first = 0; first < numVectors; ) {
      int together = RowGroups.next(numVectors - first, VectorLoops.MOST_ROWS);
      products(together).prepare(headSize, queries, first * headSize);
      first += together;
    }
    int last = PageLayout.pages(cache.length()) - 1;
    if (products(1).readsPartners() && last < pages.end()) {
      layout.clearPartner(cache.page(task.kvHead(), last), cache.length() - last * TOKENS);
    }
    Arrays.fill(sums, 0, sumsSize(), 0f);
    Arrays.fill(partials, 0, numVectors * Softmax.PARTIALS, 0f);
    Arrays.fill(references, 0, numVectors, Float.NEGATIVE_INFINITY);
  }

  /** One page, for query vectors that go together. */
  private void attend(PageProducts products, int page, int first, int rows, int sum) {
    long address = cache.page(task.kvHead(), page);
    int offset = first * stride + (page - pages.first()) * TOKENS;
    products.scores(headSize, address, queries, first * headSize, scores, offset, stride);
    for (int row = 0; row < rows; row++) {
      int seen = Math.max(0, task.visible(task.index(first + row)) - page * TOKENS);
      int from = offset + row * stride;
      if (seen < TOKENS) {
        Arrays.fill(scores, from + seen, from + TOKENS, Float.NEGATIVE_INFINITY);
      }
      probabilities(products, from, first, row, sum);
    }
    int filled = Math.min(TOKENS, entries - page * TOKENS);
    products.values(
        headSize,
        address + layout.valuesOffset(),
        filled,
        probabilities,
        sums,
        sum,
        cache.page(task.kvHead(), Math.min(page + 1, pages.end() - 1)));
  }

  private void probabilities(PageProducts products, int from, int first, int row, int sum) {
    Softmax softmax = loops.softmax();
    int i = first + row;
    int partial = i * Softmax.PARTIALS;
    int target = row * TOKENS;
    if (!softmax.page(scores, from, references[i], probabilities, target, partials, partial)) {
      float raised = softmax.reference(scores, from);
      float factor = softmax.power(references[i] - raised);
      products.scale(headSize, sums, sum, row, factor);
      for (int j = partial; j < partial + Softmax.PARTIALS; j++) {
        partials[j] *= factor;
      }
      references[i] = raised;
      softmax.page(scores, from, raised, probabilities, target, partials, partial);
    }
  }

  /** What is done with a query vector whose sums are in {@link #vector}. */
  private interface ContextBody {
    void run(int i);
  }

  private void forEachContext(ContextBody body) {
    int sum = 0;
    for (int first = 0; first < numVectors; ) {
      int rows = RowGroups.next(numVectors - first, VectorLoops.MOST_ROWS);
      PageProducts products = products(rows);
      for (int row = 0; row < rows; row++) {
        products.context(headSize, sums, sum, row, vector);
        body.run(first + row);
      }
      sum += products.sumsSize(headSize);
      first += rows;
    }
  }

  /** Writes one query vector's context and adds its scores. */
  private void finish(int i) {
    float total = total(i);
    int index = task.index(i);
    long target = task.context().at(task.contextRow(index), task.head(i));
    loops.headVectors().write(vector, 1 / total, task.context(), target);

    AttentionTask.Scoring scoring = task.scoring();
    int count = Math.min(scoring.entries(), task.visible(index) - scoring.firstEntry());
    if (count > 0 && scoring.counts()) {
      count(i, total, count);
    } else if (count > 0) {
      float factor = scoring.weights()[index] / total;
      int from = i * stride + scoring.firstEntry();
      loops
          .softmax()
          .addPowers(scores, from, count, references[i], factor, probabilities, scoring.sums());
    }
  }

  /** Counts entries whose probability is that of equal attention at least, by their scores. */
  private void count(int i, float total, int count) {
    AttentionTask.Scoring scoring = task.scoring();
    int index = task.index(i);
    float equal = (float) (references[i] + Math.log(total / task.visible(index)) / Math.log(2));
    int from = i * stride + scoring.firstEntry();
    for (int j = 0; j < count; j++) {
      scoring.sums()[j] += scores[from + j] >= equal ? scoring.weights()[index] : 0;
    }
  }

  private float total(int i) {
    float total = 0;
    for (int j = i * Softmax.PARTIALS; j < (i + 1) * Softmax.PARTIALS; j++) {
      total += partials[j];
    }
    return total;
  }
}
