package org.pyramidspark.op;

import static org.pyramidspark.op.TileProduct.LANES;

import java.util.Arrays;
import java.util.Optional;
import org.pyramidspark.cache.LayerCache;
import org.pyramidspark.cache.PageLayout;

/**
 * Attention of many query vectors: bound by arithmetic. Query vectors lie in lanes, in blocks of
 * {@link TileProduct#LANES}, whatever the group: with three heads to a group a block is 16 rows.
 * The cache goes by in tiles of one page, with softmax online; scores are transposed, {@code
 * [entry][lane]}, so maxima, sums and causal limits are lane-wise and both products are of one kind
 * ({@link Tiles}).
 *
 * <p>A page serves several blocks. What a lane gets does not depend on the other lanes, so not on
 * how queries are cut into tasks and blocks.
 */
final class TiledAttention {
  /**
   * Blocks to a page: enough to forget what its opening costs, few enough for the second-level
   * cache.
   */
  private static final int BLOCKS = 8;

  /** Fewer where probabilities are kept for scoring: one block's fill that cache already. */
  private static final int SCORED_BLOCKS = 2;

  private static final int TOKENS = PageLayout.TOKENS;
  private static final int CONTEXT = 1;
  private static final int REFERENCES = 2;
  private static final int SUMS = 3;
  private static final int VISIBLE = 4;
  private static final int SCORES = 7;
  private static final int PROBABILITIES = 8;
  private static final int VECTOR = 9;

  private final VectorLoops loops;
  private final AttentionTask task;
  private final KernelScratch scratch;
  private final LayerCache cache;
  private final PageLayout layout;
  private final int headSize;
  private final int paddedHead;
  private final int numBlocks;
  private final float[] context;
  private final float[] references;
  private final float[] sums;
  private final float[] visible;
  private final float[] scores;
  private final float[] probabilities;
  private final float[] vector;
  private final Tiles tiles;
  private final TileScoring scoring;

  /**
   * @param dots the products in bfloat16, where rounding queries and probabilities is wanted
   */
  TiledAttention(
      VectorLoops loops, Optional<DotProducts> dots, AttentionTask task, KernelScratch scratch) {
    this.loops = loops;
    this.task = task;
    this.scratch = scratch;
    this.cache = task.cache();
    this.layout = cache.layout();
    this.headSize = layout.headSize();
    this.paddedHead = TileProduct.padded(headSize);
    int most = task.scoring().wanted() ? SCORED_BLOCKS : BLOCKS;
    this.numBlocks = Math.min(most, Math.ceilDiv(task.numVectors(), LANES));
    this.context = scratch.floats(CONTEXT, numBlocks * paddedHead * LANES);
    this.references = scratch.floats(REFERENCES, numBlocks * LANES);
    this.sums = scratch.floats(SUMS, numBlocks * LANES);
    this.visible = scratch.floats(VISIBLE, numBlocks * LANES);
    this.scores = scratch.floats(SCORES, (TOKENS + 1) * LANES);
    this.probabilities = scratch.floats(PROBABILITIES, TOKENS * LANES);
    this.vector = scratch.floats(VECTOR, headSize);
    this.tiles =
        dots.isPresent()
            ? new DotTiles(loops, dots.get(), layout, numBlocks, scratch)
            : new FloatTiles(loops, layout, numBlocks, scratch);
    this.scoring = new TileScoring(loops.softmax(), task, numBlocks, scratch);
  }

  void run() {
    for (int first = 0; first < task.numVectors(); first += numBlocks * LANES) {
      attend(first, Math.min(numBlocks, Math.ceilDiv(task.numVectors() - first, LANES)));
    }
    if (task.scoring().wanted()) {
      long start = System.nanoTime();
      scoring.finish();
      scratch.addScoring(start);
    }
  }

  /** Query vectors from {@code first} on, in so many blocks. */
  private void attend(int first, int blocks) {
    for (int block = 0; block < blocks; block++) {
      load(first, block);
    }
    int last = lastVector(first, blocks - 1);
    int pages = PageLayout.pages(task.visible(task.index(last)));
    for (int page = 0; page < pages; page++) {
      int entries = Math.min(TOKENS, cache.length() - page * TOKENS);
      tiles.open(cache.page(task.kvHead(), page), entries);
      for (int block = 0; block < blocks; block++) {
        int seen = task.visible(task.index(lastVector(first, block))) - page * TOKENS;
        if (seen > 0) {
          attend(block, page, Math.min(TOKENS, seen));
        }
      }
    }
    for (int block = 0; block < blocks; block++) {
      store(first, block);
    }
    if (task.scoring().wanted()) {
      score(first, blocks);
    }
  }

  private void score(int first, int blocks) {
    long start = System.nanoTime();
    for (int block = 0; block < blocks; block++) {
      scoring.add(first, block, references, sums);
    }
    scratch.addScoring(start);
  }

  private int lastVector(int first, int block) {
    return Math.min(first + (block + 1) * LANES, task.numVectors()) - 1;
  }

  /** Lanes beyond the last query vector repeat it, and are not stored. */
  private void load(int first, int block) {
    float scale = Softmax.scale(headSize);
    ProjectedRows rows = task.rows();
    int last = lastVector(first, block);
    for (int lane = 0; lane < LANES; lane++) {
      int query = Math.min(first + block * LANES + lane, last);
      int row = task.row(task.index(query));
      loops.headVectors().rotated(rows, rows.query(row, task.head(query)), row, scale, vector);
      tiles.putQuery(block, lane, vector);
      visible[block * LANES + lane] = task.visible(task.index(query));
    }
    int from = block * LANES;
    Arrays.fill(references, from, from + LANES, Float.NEGATIVE_INFINITY);
    Arrays.fill(sums, from, from + LANES, 0f);
    Arrays.fill(context, from * paddedHead, (from + LANES) * paddedHead, 0f);
  }

  /** One block, one tile of which it sees the first {@code entries}. */
  private void attend(int block, int page, int entries) {
    int lane = block * LANES;
    int first = page * TOKENS;
    tiles.scores(block, TileProduct.padded(entries), scores);
    int allSee = Math.max(0, (int) visible[lane] - first);
    if (allSee < entries) {
      loops.softmax().mask(scores, allSee, entries, first, visible, lane);
    }
    boolean kept = scoring.keeps(page);
    float[] target = kept ? scoring.probabilities() : probabilities;
    int offset = kept ? scoring.offset(block, page) : 0;
    probabilities(tiles.softmax(kept), block, entries, target, offset);
    if (kept) {
      scoring.keepReferences(block, page, references);
    }
    tiles.addContext(entries, target, offset, context, lane * paddedHead);
  }

  private void probabilities(
      TileSoftmax softmax, int block, int entries, float[] target, int offset) {
    int lane = block * LANES;
    if (!softmax.probabilities(scores, entries, references, sums, lane, target, offset)) {
      loops
          .softmax()
          .raise(scores, entries, references, sums, lane, context, headSize, lane * paddedHead);
      softmax.probabilities(scores, entries, references, sums, lane, target, offset);
    }
  }

  private void store(int first, int block) {
    int last = lastVector(first, block);
    for (int query = first + block * LANES; query <= last; query++) {
      int lane = query - first;
      int source = block * LANES * paddedHead + lane % LANES;
      for (int dim = 0; dim < headSize; dim++, source += LANES) {
        vector[dim] = context[source];
      }
      long target = task.context().at(task.contextRow(task.index(query)), task.head(query));
      loops.headVectors().write(vector, 1 / sums[lane], task.context(), target);
    }
  }
}
