package org.pyramidspark.op;

import org.pyramidspark.machinecode.Assembler;
import org.pyramidspark.machinecode.Register;

/**
 * Machine code of {@link DotProjection} for one input width and number of rows.
 *
 * <p>The weights, which come from memory, are read as they lie, one output after the other, so that
 * the processor's prefetching sees one stream: four outputs side by side, which would load the rows
 * less often, came to two thirds of the rate on Zen 4. Two outputs are added up together, lane by
 * lane, into 2 x 12 accumulators.
 */
final class DotProjectionCode {
  /** Rows that fit into the registers. */
  static final int MOST_ROWS = 12;

  private static final int OUTPUTS = 2;
  private static final int VECTOR_BYTES = 64;
  private static final int WEIGHTS = OUTPUTS * MOST_ROWS;
  private static final int ROW = WEIGHTS + 2;
  private static final int LOW = WEIGHTS;
  private static final int HIGH = WEIGHTS + 1;

  private static final Register WEIGHT = Register.argument(0);
  private static final Register X = Register.argument(1);
  private static final Register Y = Register.argument(2);
  private static final Register BLOCKS = Register.argument(3);
  private static final Register Y_STRIDE = Register.argument(4);
  private static final Register STEPS = Register.R9;
  private static final Register TARGET = Register.R10;

  private final Assembler code = new Assembler();
  private final int rows;
  private final int rowBytes;
  private final boolean rounded;

  private DotProjectionCode(int rows, int inputs, boolean rounded) {
    this.rows = rows;
    this.rowBytes = 2 * inputs;
    this.rounded = rounded;
  }

  /** A function of (weight, x, y, pairs of outputs, y's stride). */
  static byte[] assemble(int rows, int inputs, boolean rounded) {
    return new DotProjectionCode(rows, inputs, rounded).blocks();
  }

  private byte[] blocks() {
    Assembler.Label block = code.here();
    for (int i = 0; i < OUTPUTS * rows; i++) {
      code.zero(i);
    }
    for (int output = 0; output < OUTPUTS; output++) {
      dots(output);
    }
    code.mov(TARGET, Y);
    for (int row = 0; row < rows; row += 2) {
      int second = row + 1 < rows ? row + 1 : row;
      sum(OUTPUTS * row, OUTPUTS * second);
      store(OUTPUTS * row, second > row);
    }
    code.add(Y, OUTPUTS * (rounded ? 2 : 4));
    code.sub(BLOCKS, 1);
    code.jumpIfNotZero(block);
    code.ret();
    return code.toBytes();
  }

  /** Accumulator OUTPUTS * row + output: lane by lane, products of the row and the weights. */
  private void dots(int output) {
    int steps = rowBytes / VECTOR_BYTES;
    int together = steps % 2 == 0 ? 2 : 1;
    code.sub(STEPS, STEPS);
    code.add(STEPS, steps / together);
    Assembler.Label loop = code.here();
    for (int step = 0; step < together; step++) {
      int offset = step * VECTOR_BYTES;
      code.vmovups(WEIGHTS + step, WEIGHT, offset);
      for (int row = 0; row < rows; row++) {
        code.vmovups(ROW + row % 2, X, offset + row * rowBytes);
        code.vdpbf16ps(OUTPUTS * row + output, WEIGHTS + step, ROW + row % 2);
      }
    }
    code.add(WEIGHT, together * VECTOR_BYTES);
    code.add(X, together * VECTOR_BYTES);
    code.sub(STEPS, 1);
    code.jumpIfNotZero(loop);
    code.add(X, -rowBytes);
  }

  /** Adds up the lanes of two rows' accumulators into the first four lanes of the first one. */
  private void sum(int first, int second) {
    addHalves(first);
    if (second != first) {
      addHalves(second);
    }
    code.vunpcklpd(LOW, first, second);
    code.vunpckhpd(HIGH, first, second);
    code.vaddps(first, LOW, HIGH);
    code.vshuff32x4(LOW, first, first, 0b01_00_11_10);
    code.vaddps(first, first, LOW);
    code.vshuff32x4(LOW, first, first, 0b10_11_00_01);
    code.vaddps(first, first, LOW);
  }

  /** Adds up halves of a row's two accumulators into the first one. */
  private void addHalves(int row) {
    code.vunpcklps(LOW, row, row + 1);
    code.vunpckhps(HIGH, row, row + 1);
    code.vaddps(row, LOW, HIGH);
  }

  /** Two outputs of one row or two: the lanes are (row, output), (row, next), (next row, ...). */
  private void store(int sums, boolean twoRows) {
    if (rounded) {
      code.vcvtneps2bf16(sums, sums);
      code.vmovd(TARGET, 0, sums);
    } else {
      code.vmovlps(TARGET, 0, sums);
    }
    code.add(TARGET, Y_STRIDE);
    if (!twoRows) {
      return;
    }
    if (rounded) {
      code.vpsrlq(sums, sums, 32);
      code.vmovd(TARGET, 0, sums);
    } else {
      code.vmovhps(TARGET, 0, sums);
    }
    code.add(TARGET, Y_STRIDE);
  }
}
