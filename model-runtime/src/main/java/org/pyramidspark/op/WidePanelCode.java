package org.pyramidspark.op;

import org.pyramidspark.config.ComputeType;
import org.pyramidspark.machinecode.Assembler;
import org.pyramidspark.machinecode.Avx512Assembler;
import org.pyramidspark.machinecode.Register;

/**
 * Machine code of {@link PanelProjection} for AVX-512: the product of up to twelve rows with one
 * panel or two. With the dot products, a step takes a pair of bfloat16 inputs in place of one of
 * float32.
 *
 * <p>Twelve rows of two panels are 24 accumulators; with two vectors of weights and the broadcast
 * elements they fill the registers, and 14 loads feed 24 multiply-adds. The next panels are fetched
 * into the second-level cache: the first-level one has room for these panels only, and too few
 * requests under way for the memory's rate (8 rows of bfloat16, Zen 4, two threads: 30 GB/s of
 * weights; 20 into the first level, 12 without fetching).
 */
final class WidePanelCode {
  /** Rows that fit into the registers. */
  static final int MOST_ROWS = 12;

  /** Panels that go together at most. */
  static final int MOST_PANELS = 2;

  /** Steps in an iteration of the loop. */
  static final int UNROLLED = 4;

  private static final int VECTOR_BYTES = 64;
  private static final int STEP_BYTES = 4;
  private static final int WEIGHTS = MOST_ROWS * MOST_PANELS;
  private static final int ELEMENT = WEIGHTS + MOST_PANELS;
  private static final int ELEMENTS = 2;
  private static final int ONE = WEIGHTS;
  private static final int ALMOST_HALF = WEIGHTS + 1;
  private static final int BIT = ELEMENT;

  private static final Register X = Register.argument(0);
  private static final Register PANEL = Register.argument(1);
  private static final Register Y = Register.argument(2);
  private static final Register Y_STRIDE = Register.argument(3);
  private static final Register STEPS = Register.argument(4);
  private static final Register NEXT = Register.argument(5);

  private final Avx512Assembler code = new Avx512Assembler();
  private final PanelFunctions.Shape shape;
  private final boolean dots;
  private final int rowBytes;
  private final int panelBytes;

  private WidePanelCode(ComputeType type, PanelFunctions.Shape shape) {
    this.shape = shape;
    this.dots = type == ComputeType.BFLOAT16;
    this.rowBytes = type.bytes() * shape.inputs();
    this.panelBytes = WeightLayout.PANEL * rowBytes;
  }

  /**
   * A function of (x, panels, y, y's stride in bytes, steps / {@value #UNROLLED}, next).
   *
   * @param type of rows and weights; bfloat16 wants a processor with its dot products
   */
  static byte[] product(ComputeType type, PanelFunctions.Shape shape) {
    return new WidePanelCode(type, shape).product();
  }

  private byte[] product() {
    for (int i = 0; i < shape.rows() * shape.panels(); i++) {
      code.zero(i);
    }
    Assembler.Label loop = code.here();
    for (int line = 0; line < shape.nextLines(); line++) {
      code.prefetchFar(NEXT, line * VECTOR_BYTES);
    }
    for (int step = 0; step < UNROLLED; step++) {
      multiply(step);
    }
    code.add(PANEL, UNROLLED * VECTOR_BYTES);
    code.add(X, UNROLLED * STEP_BYTES);
    if (shape.nextLines() > 0) {
      code.add(NEXT, shape.nextLines() * VECTOR_BYTES);
    }
    code.sub(STEPS, 1);
    code.jumpIfNotZero(loop);
    store();
    code.ret();
    return code.toBytes();
  }

  private void multiply(int step) {
    for (int panel = 0; panel < shape.panels(); panel++) {
      code.vmovups(WEIGHTS + panel, PANEL, step * VECTOR_BYTES + panel * panelBytes);
    }
    for (int row = 0; row < shape.rows(); row++) {
      int element = ELEMENT + row % ELEMENTS;
      code.vbroadcastss(element, X, row * rowBytes + step * STEP_BYTES);
      for (int panel = 0; panel < shape.panels(); panel++) {
        if (dots) {
          code.vdpbf16ps(sum(row, panel), element, WEIGHTS + panel);
        } else {
          code.vfmadd231ps(sum(row, panel), element, WEIGHTS + panel);
        }
      }
    }
  }

  private int sum(int row, int panel) {
    return row * shape.panels() + panel;
  }

  private void store() {
    if (shape.rounded()) {
      code.ones(ONE);
      code.vpsrld(ALMOST_HALF, ONE, 17);
      code.vpsrld(ONE, ONE, 31);
    }
    for (int row = 0; row < shape.rows(); row++) {
      for (int panel = 0; panel < shape.panels(); panel++) {
        int sum = sum(row, panel);
        if (shape.rounded()) {
          round(sum);
          code.vpmovdw(Y, panel * VECTOR_BYTES / 2, sum);
        } else {
          code.vmovups(Y, panel * VECTOR_BYTES, sum);
        }
      }
      code.add(Y, Y_STRIDE);
    }
  }

  /** To nearest, ties to even, into the lower half of each int. */
  private void round(int sum) {
    code.vpsrld(BIT, sum, 16);
    code.vpandd(BIT, BIT, ONE);
    code.vpaddd(sum, sum, ALMOST_HALF);
    code.vpaddd(sum, sum, BIT);
    code.vpsrld(sum, sum, 16);
  }
}
