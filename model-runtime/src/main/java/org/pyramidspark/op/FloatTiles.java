package org.pyramidspark.op;

import static org.pyramidspark.op.TileProduct.LANES;

import org.pyramidspark.cache.PageLayout;

/** Tiles in float32: a page is widened once for all blocks. */
final class FloatTiles implements Tiles {
  private static final int TOKENS = PageLayout.TOKENS;
  private static final int QUERIES = 0;
  private static final int KEYS = 5;
  private static final int VALUES = 6;

  private final VectorLoops loops;
  private final PageLayout layout;
  private final int paddedHead;
  private final float[] queries;
  private final float[] keys;
  private final float[] values;

  FloatTiles(VectorLoops loops, PageLayout layout, int blocks, KernelScratch scratch) {
    this.loops = loops;
    this.layout = layout;
    this.paddedHead = TileProduct.padded(layout.headSize());
    this.queries = scratch.floats(QUERIES, blocks * layout.headSize() * LANES);
    this.keys = scratch.floats(KEYS, layout.headSize() * TOKENS);
    this.values = scratch.floats(VALUES, TOKENS * paddedHead);
  }

  @Override
  public void putQuery(int block, int lane, float[] query) {
    int headSize = layout.headSize();
    int target = block * headSize * LANES + lane;
    for (int dim = 0; dim < headSize; dim++, target += LANES) {
      queries[target] = query[dim];
    }
  }

  @Override
  public void open(long address, int entries) {
    loops.headVectors().keys(layout, address, keys);
    loops.headVectors().values(layout, address, entries, values, paddedHead);
  }

  @Override
  public void scores(int block, int entries, float[] scores) {
    int headSize = layout.headSize();
    loops
        .tileProduct()
        .multiply(
            keys, TOKENS, entries, queries, block * headSize * LANES, headSize, scores, 0, false);
  }

  @Override
  public TileSoftmax softmax(boolean kept) {
    return loops.tileSoftmax();
  }

  @Override
  public void addContext(
      int entries, float[] probabilities, int offset, float[] context, int target) {
    loops
        .tileProduct()
        .multiply(
            values, paddedHead, paddedHead, probabilities, offset, entries, context, target, true);
  }
}
