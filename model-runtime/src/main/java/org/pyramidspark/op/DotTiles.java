package org.pyramidspark.op;

import static org.pyramidspark.op.TileProduct.LANES;

import java.util.Arrays;
import org.pyramidspark.cache.BFloat16;
import org.pyramidspark.cache.PageLayout;
import org.pyramidspark.config.KvType;

/**
 * Tiles in bfloat16: products read a bfloat16 page as it lies, an int8 page is widened once for all
 * blocks. Queries and probabilities are rounded to bfloat16, sums are float32.
 */
final class DotTiles implements Tiles {
  private static final int QUERIES = 0;
  private static final int PROBABILITIES = 1;
  private static final int ELEMENTS = 5;

  private final VectorLoops loops;
  private final DotTileProduct product;
  private final PageLayout layout;
  private final PageLayout pairs;
  private final float[] elements;
  private final long widened;
  private final int[] queries;
  private final int[] probabilityPairs;
  private final TileSoftmax softmax;
  private final TileSoftmax keepingSoftmax;
  private long page;

  DotTiles(
      VectorLoops loops,
      DotProducts products,
      PageLayout layout,
      int blocks,
      KernelScratch scratch) {
    this.loops = loops;
    this.product = products.tile();
    this.layout = layout;
    this.queries = scratch.ints(QUERIES, blocks * layout.headSize() / 2 * LANES);
    this.pairs = new PageLayout(layout.headSize(), KvType.BFLOAT16);
    this.elements = scratch.floats(ELEMENTS, (PageLayout.TOKENS + 4) * layout.headSize());
    this.widened = scratch.memory(pairs.bytes());
    this.probabilityPairs = scratch.ints(PROBABILITIES, PageLayout.TOKENS / 2 * LANES);
    this.softmax = products.softmax().pairs(probabilityPairs);
    this.keepingSoftmax = products.softmax().both(probabilityPairs);
  }

  @Override
  public void putQuery(int block, int lane, float[] query) {
    int count = layout.headSize() / 2;
    int target = block * count * LANES + lane;
    for (int pair = 0; pair < count; pair++, target += LANES) {
      queries[target] = BFloat16.pair(query[2 * pair], query[2 * pair + 1]);
    }
  }

  @Override
  public void open(long address, int entries) {
    if (layout.type() == KvType.INT8) {
      page = widened;
      widen(address, entries);
    } else {
      page = address;
      layout.clearPartner(page, entries);
    }
  }

  /** Makes bfloat16 of an int8 page: its bytes times their scales, rounded. */
  private void widen(long address, int entries) {
    HeadVectors vectors = loops.headVectors();
    int headSize = layout.headSize();
    vectors.keys(layout, address, elements);
    for (int dim = 0; dim < headSize; dim += 2) {
      int even = dim * PageLayout.TOKENS;
      long target = page + pairs.keyOffset(0, dim);
      vectors.putPairs(elements, even, even + PageLayout.TOKENS, PageLayout.TOKENS, target);
    }
    vectors.values(layout, address, entries, elements, headSize);
    Arrays.fill(elements, entries * headSize, (entries + entries % 2) * headSize, 0f);
    for (int entry = 0; entry < entries; entry += 2) {
      int even = entry * headSize;
      long target = page + pairs.valueOffset(entry, 0);
      vectors.putPairs(elements, even, even + headSize, headSize, target);
    }
  }

  @Override
  public void scores(int block, int entries, float[] scores) {
    int count = layout.headSize() / 2;
    product.scores(page, queries, block * count * LANES, scores, entries, count);
  }

  @Override
  public TileSoftmax softmax(boolean kept) {
    return kept ? keepingSoftmax : softmax;
  }

  @Override
  public void addContext(
      int entries, float[] probabilities, int offset, float[] context, int target) {
    product.addContext(
        layout.headSize(),
        page + pairs.valuesOffset(),
        probabilityPairs,
        context,
        target,
        (entries + 1) / 2);
  }
}
