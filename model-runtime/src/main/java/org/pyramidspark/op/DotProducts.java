package org.pyramidspark.op;

import java.util.stream.IntStream;

/**
 * The products of one head size in machine code, for machines that multiply bfloat16. Queries and
 * probabilities are rounded to bfloat16 in them.
 *
 * @param tile of many query vectors
 * @param softmax between the tile's products
 * @param pages of few, by their number less one
 */
record DotProducts(
    DotTileProduct tile, MachineTileSoftmax.Functions softmax, PageProducts[] pages) {

  static DotProducts of(int headSize) {
    return new DotProducts(
        new DotTileProduct(headSize),
        new MachineTileSoftmax.Functions(),
        IntStream.rangeClosed(1, VectorLoops.MOST_ROWS)
            .mapToObj(rows -> MachinePageProducts.dots(headSize, rows))
            .toArray(PageProducts[]::new));
  }

  /** Whether there are any for a head size. */
  static boolean fits(int headSize) {
    return headSize % 16 == 0;
  }
}
