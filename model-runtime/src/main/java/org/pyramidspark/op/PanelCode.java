package org.pyramidspark.op;

import org.pyramidspark.machinecode.Assembler;
import org.pyramidspark.machinecode.Avx2Assembler;
import org.pyramidspark.machinecode.Register;

/**
 * Machine code of {@link PanelProjection}: the product of up to six rows with a panel, and the
 * widening of bfloat16.
 *
 * <p>Six rows of 16 outputs are 12 accumulators; with two vectors of weights and a broadcast
 * element they fill the 16 registers of AVX2, and 8 loads feed 12 multiply-adds: 98 of the 98
 * GFLOP/s that a Zen 3 core has at most, in plain order, without blocking the sum.
 */
final class PanelCode {
  /** Rows that fit into the registers. */
  static final int MOST_ROWS = 6;

  private static final int VECTOR_BYTES = 32;
  private static final int WEIGHTS = 2 * MOST_ROWS;
  private static final int ELEMENT = WEIGHTS + 2;
  private static final int PANEL_ROW_BYTES = 2 * VECTOR_BYTES;
  private static final int LINE_BYTES = 64;
  static final int UNROLLED = 4;

  private static final Register X = Register.argument(0);
  private static final Register PANEL = Register.argument(1);
  private static final Register Y = Register.argument(2);
  private static final Register Y_STRIDE = Register.argument(3);
  private static final Register STEPS = Register.argument(4);
  private static final Register NEXT = Register.argument(5);

  private final Avx2Assembler code = new Avx2Assembler();
  private final int rows;
  private final int inputs;

  private PanelCode(int rows, int inputs) {
    this.rows = rows;
    this.inputs = inputs;
  }

  /**
   * A function of (x, panel, y, y's stride in bytes, inputs / 4, next): 16 outputs of so many rows.
   * Meanwhile it fetches what lies at {@code next}, for later.
   *
   * @param shape at most {@link #MOST_ROWS} rows, one panel, a multiple of {@value #UNROLLED}
   *     inputs
   */
  static byte[] product(PanelFunctions.Shape shape) {
    return new PanelCode(shape.rows(), shape.inputs()).product(shape.rounded(), shape.nextLines());
  }

  private byte[] product(boolean rounded, int nextLines) {
    for (int i = 0; i < 2 * rows; i++) {
      code.zero(i);
    }
    Assembler.Label loop = code.here();
    for (int line = 0; line < nextLines; line++) {
      code.prefetch(NEXT, line * LINE_BYTES);
    }
    for (int step = 0; step < UNROLLED; step++) {
      multiply(step);
    }
    code.add(PANEL, UNROLLED * PANEL_ROW_BYTES);
    code.add(X, UNROLLED * Float.BYTES);
    if (nextLines > 0) {
      code.add(NEXT, nextLines * LINE_BYTES);
    }
    code.sub(STEPS, 1);
    code.jumpIfNotZero(loop);
    if (rounded) {
      makeRoundingConstants();
    }
    for (int row = 0; row < rows; row++) {
      if (rounded) {
        storeRounded(2 * row);
      } else {
        code.vmovups(Y, 0, 2 * row);
        code.vmovups(Y, VECTOR_BYTES, 2 * row + 1);
      }
      code.add(Y, Y_STRIDE);
    }
    code.ret();
    return code.toBytes();
  }

  private void multiply(int step) {
    code.vmovups(WEIGHTS, PANEL, step * PANEL_ROW_BYTES);
    code.vmovups(WEIGHTS + 1, PANEL, step * PANEL_ROW_BYTES + VECTOR_BYTES);
    for (int row = 0; row < rows; row++) {
      code.vbroadcastss(ELEMENT, X, Float.BYTES * (row * inputs + step));
      code.vfmadd231ps(2 * row, ELEMENT, WEIGHTS);
      code.vfmadd231ps(2 * row + 1, ELEMENT, WEIGHTS + 1);
    }
  }

  private static final int ONE = WEIGHTS;
  private static final int ALMOST_HALF = WEIGHTS + 1;
  private static final int BIT = ELEMENT;

  private void makeRoundingConstants() {
    code.vpcmpeqd(ONE, ONE, ONE);
    code.vpsrld(ALMOST_HALF, ONE, 17);
    code.vpsrld(ONE, ONE, 31);
  }

  /**
   * To nearest, ties to even, two vectors. A NaN out of a multiply-add of widened bfloat16 has low
   * bits of 0, so that rounding does not carry it over into the sign.
   */
  private void storeRounded(int sum) {
    for (int i = sum; i <= sum + 1; i++) {
      code.vpsrld(BIT, i, 16);
      code.vpand(BIT, BIT, ONE);
      code.vpaddd(i, i, ALMOST_HALF);
      code.vpaddd(i, i, BIT);
      code.vpsrld(i, i, 16);
    }
    code.vpackusdw(sum, sum, sum + 1);
    code.vpermq(sum, sum, 0b11_01_10_00);
    code.vmovups(Y, 0, sum);
  }

  /** A function of (source, target, pairs): widens a panel of bfloat16, pair by pair of inputs. */
  static byte[] widenPanel() {
    Avx2Assembler code = new Avx2Assembler();
    Register source = Register.argument(0);
    Register target = Register.argument(1);
    Register pairs = Register.argument(2);
    int upperHalf = 15;
    code.vpcmpeqd(upperHalf, upperHalf, upperHalf);
    code.vpslld(upperHalf, upperHalf, 16);
    Assembler.Label loop = code.here();
    for (int i = 0; i < 2; i++) {
      code.vmovups(i, source, i * VECTOR_BYTES);
      code.vpslld(2 + i, i, 16);
      code.vpand(i, i, upperHalf);
      code.vmovups(target, i * VECTOR_BYTES, 2 + i);
      code.vmovups(target, PANEL_ROW_BYTES + i * VECTOR_BYTES, i);
    }
    code.add(source, PANEL_ROW_BYTES);
    code.add(target, 2 * PANEL_ROW_BYTES);
    code.sub(pairs, 1);
    code.jumpIfNotZero(loop);
    code.ret();
    return code.toBytes();
  }

  /** A function of (source, target, eights): widens so many times 8 bfloat16 in a row. */
  static byte[] widenRows() {
    Avx2Assembler code = new Avx2Assembler();
    Register source = Register.argument(0);
    Register target = Register.argument(1);
    Register eights = Register.argument(2);
    Assembler.Label loop = code.here();
    code.vpmovzxwd(0, source, 0);
    code.vpslld(0, 0, 16);
    code.vmovups(target, 0, 0);
    code.add(source, VECTOR_BYTES / 2);
    code.add(target, VECTOR_BYTES);
    code.sub(eights, 1);
    code.jumpIfNotZero(loop);
    code.ret();
    return code.toBytes();
  }
}
