package org.pyramidspark.op;

import org.pyramidspark.cache.PageLayout;
import org.pyramidspark.config.KvType;

/**
 * The hot loops of one vector width.
 *
 * @param width floats in a vector
 * @param tileSoftmax of float32 tiles
 * @param pageProducts by {@link KvType}, then rows less one
 */
record VectorLoops(
    int width,
    HeadVectors headVectors,
    TileProduct tileProduct,
    Softmax softmax,
    TileSoftmax tileSoftmax,
    PageProducts[][] pageProducts) {

  /** Four accumulators for each row, and what is loaded, fill the registers. */
  static final int MOST_ROWS = 4;

  static VectorLoops of(int vectorBits, ProductCode code) {
    KvType[] types = KvType.values();
    PageProducts[][] pageProducts = new PageProducts[types.length][MOST_ROWS];
    for (KvType type : types) {
      for (int rows = 1; rows <= MOST_ROWS; rows++) {
        pageProducts[type.ordinal()][rows - 1] =
            new Specialization(vectorBits, type, rows).load(PageProducts.class, template(type));
      }
    }
    Specialization any = new Specialization(vectorBits, KvType.FLOAT32, 1);
    Softmax softmax = any.load(Softmax.class, VectorSoftmax.class);
    return new VectorLoops(
        vectorBits / Float.SIZE,
        any.load(HeadVectors.class, VectorHeadVectors.class),
        code == ProductCode.NONE
            ? any.load(TileProduct.class, VectorTileProduct.class)
            : new FloatTileProduct(code),
        softmax,
        code.isWide() ? new MachineTileSoftmax.Functions().floats() : softmax,
        pageProducts);
  }

  private static Class<? extends PageProducts> template(KvType type) {
    return type == KvType.INT8 ? VectorBytePageProducts.class : VectorPageProducts.class;
  }

  /** Whether four vectors, the decode loops' step, fit in a head, and its bytes fill their ints. */
  boolean fits(PageLayout layout) {
    int headSize = layout.headSize();
    return headSize >= 4 * width && (layout.type() != KvType.INT8 || headSize % 4 == 0);
  }
}
