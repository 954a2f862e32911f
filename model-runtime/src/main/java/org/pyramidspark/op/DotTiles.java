package org.pyramidspark.op;

import static org.pyramidspark.op.TileProduct.LANES;

import org.pyramidspark.cache.BFloat16;
import org.pyramidspark.cache.PageLayout;

/**
 * Tiles in bfloat16: products read the page as it lies. Queries and probabilities are rounded to
 * bfloat16, sums are float32.
 */
final class DotTiles implements Tiles {
  private static final int QUERIES = 0;
  private static final int PROBABILITIES = 1;

  private final VectorLoops loops;
  private final DotTileProduct product;
  private final PageLayout layout;
  private final int[] queries;
  private final int[] probabilityPairs;
  private long page;

  DotTiles(
      VectorLoops loops,
      DotTileProduct product,
      PageLayout layout,
      int blocks,
      KernelScratch scratch) {
    this.loops = loops;
    this.product = product;
    this.layout = layout;
    this.queries = scratch.ints(QUERIES, blocks * layout.headSize() / 2 * LANES);
    this.probabilityPairs = scratch.ints(PROBABILITIES, PageLayout.TOKENS / 2 * LANES);
  }

  @Override
  public void putQuery(int block, int lane, float[] query) {
    int pairs = layout.headSize() / 2;
    int target = block * pairs * LANES + lane;
    for (int pair = 0; pair < pairs; pair++, target += LANES) {
      queries[target] = BFloat16.pair(query[2 * pair], query[2 * pair + 1]);
    }
  }

  /** {@inheritDoc} The partner of an odd number's last entry must be a number to be nothing. */
  @Override
  public void open(long address, int entries) {
    page = address;
    if (entries % 2 == 1) {
      layout.clearValue(page, entries);
    }
  }

  @Override
  public void scores(int block, int entries, float[] scores) {
    int pairs = layout.headSize() / 2;
    product.scores(page, queries, block * pairs * LANES, scores, entries, pairs);
  }

  @Override
  public void addContext(
      int entries, float[] probabilities, int offset, float[] context, int target) {
    loops.softmax().pairs(probabilities, offset, entries, probabilityPairs);
    product.addContext(
        layout.headSize(),
        page + layout.valuesOffset(),
        probabilityPairs,
        context,
        target,
        (entries + 1) / 2);
  }
}
