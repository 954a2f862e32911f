package org.pyramidspark.op;

import org.pyramidspark.config.ComputeType;
import org.pyramidspark.machinecode.Processor;

/**
 * The product with weights in panels, in machine code, for few rows and for many. TensorFlow's own
 * takes longer, for few rows several times as long (docs/performance.md).
 *
 * <p>Sums are of float32, input by input, or pair by pair where the processor has dot products of
 * bfloat16. Where it has none bfloat16 is widened in working memory, a panel once for all rows:
 * widening it in the loop took the multiply-adds a third of their rate.
 */
final class PanelProjection implements ProjectionKernel {
  private static final int INPUTS = 8;

  private final PanelFunctions functions;

  /**
   * @param type of rows and weights
   * @param processor what may be used: AVX2 and FMA at least
   */
  PanelProjection(ComputeType type, Processor processor) {
    this.functions = new PanelFunctions(type, processor);
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
