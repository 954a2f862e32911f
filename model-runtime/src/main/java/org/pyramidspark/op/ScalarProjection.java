package org.pyramidspark.op;

import org.pyramidspark.config.ComputeType;

/** The product in plain Java: what the other is held to. */
final class ScalarProjection implements ProjectionKernel {
  private final ComputeType type;
  private final WeightLayout layout;

  /**
   * @param type of rows and weights
   */
  ScalarProjection(ComputeType type, WeightLayout layout) {
    this.type = type;
    this.layout = layout;
  }

  @Override
  public WeightLayout layout() {
    return layout;
  }

  @Override
  public boolean takesManyRows() {
    return false;
  }

  @Override
  public int outputsTogether() {
    return layout == WeightLayout.PANELS ? WeightLayout.PANEL : 1;
  }

  @Override
  public int outputs() {
    return 1;
  }

  @Override
  public int inputs() {
    return layout == WeightLayout.PANELS ? 2 : 1;
  }

  @Override
  public void project(Product product, KernelScratch scratch) {
    for (int row = 0; row < product.rows(); row++) {
      for (int output = 0; output < product.outputs(); output++) {
        float sum = sum(product, row, output);
        long y = product.y() + row * product.yStride();
        Elements.put(
            product.rounded() ? ComputeType.BFLOAT16 : ComputeType.FLOAT32, y, output, sum);
      }
    }
  }

  private float sum(Product product, int row, int output) {
    int inputs = product.inputs();
    float sum = 0;
    for (int i = 0; i < inputs; i++) {
      long at = layout.index(type, inputs, product.outputs(), i, output);
      sum +=
          Elements.at(type, product.x(), row * inputs + i)
              * Elements.at(type, product.weight(), (int) at);
    }
    return sum;
  }
}
