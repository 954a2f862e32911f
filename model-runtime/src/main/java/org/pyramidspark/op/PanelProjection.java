package org.pyramidspark.op;

import org.pyramidspark.config.ComputeType;

/**
 * The product with weights in panels, in machine code for AVX2, for few rows and for many.
 * TensorFlow's own takes half as long again there, and several times as long for few rows
 * (docs/performance.md).
 *
 * <p>Sums are of float32. bfloat16 is widened in working memory, a panel once for all rows: AVX2
 * has no products of it, and widening it in the loop took the multiply-adds a third of their rate.
 */
final class PanelProjection implements ProjectionKernel {
  private static final int INPUTS = 8;

  private final PanelFunctions functions;

  /**
   * @param type of rows and weights; the machine must have AVX2 and FMA
   */
  PanelProjection(ComputeType type) {
    this.functions = new PanelFunctions(type);
  }

  @Override
  public WeightLayout layout() {
    return WeightLayout.PANELS;
  }

  @Override
  public boolean takesManyRows() {
    return true;
  }

  @Override
  public int outputsTogether() {
    return WeightLayout.PANEL;
  }

  @Override
  public int outputs() {
    return 1;
  }

  @Override
  public int inputs() {
    return INPUTS;
  }

  @Override
  public void project(Product product, KernelScratch scratch) {
    new PanelProduct(functions, product, scratch).run();
  }
}
