package org.pyramidspark.op;

import org.pyramidspark.machinecode.Assembler;
import org.pyramidspark.machinecode.Avx512Assembler;
import org.pyramidspark.machinecode.Register;

/**
 * Machine code of {@link MachineProjection} for one input width and number of rows.
 *
 * <p>Four outputs are added up together, lane by lane, into 4 x 6 accumulators. Several rows take
 * the four side by side, so that a vector of a row is loaded once for four; the weights that come
 * next are fetched meanwhile, since the processor's own prefetching stumbles over four streams. Up
 * to four rows take one output after the other: then all the time is memory's, and a single stream
 * came in at 28 to 36 against 20 GB/s (Zen 4, two threads; from six rows on both give 20).
 */
final class ProjectionCode {
  /** Rows that fit into the registers. */
  static final int MOST_ROWS = 6;

  private static final int MOST_ROWS_ONE_BY_ONE = 4;
  private static final int OUTPUTS = 4;
  private static final int VECTOR_BYTES = 64;
  private static final int WEIGHTS = OUTPUTS * MOST_ROWS;
  private static final int ROW = WEIGHTS + OUTPUTS;

  private static final Register WEIGHT = Register.argument(0);
  private static final Register X = Register.argument(1);
  private static final Register Y = Register.argument(2);
  private static final Register BLOCKS = Register.argument(3);
  private static final Register Y_STRIDE = Register.argument(4);
  private static final Register STEPS = Register.R9;
  private static final Register TARGET = Register.R10;

  private final Avx512Assembler code = new Avx512Assembler();
  private final int rows;
  private final int rowBytes;
  private final boolean rounded;
  private final Fetch fetch;

  private ProjectionCode(int rows, int inputs, boolean rounded, Fetch fetch) {
    this.rows = rows;
    this.rowBytes = 2 * inputs;
    this.rounded = rounded;
    this.fetch = fetch;
  }

  /**
   * Which weights to fetch for later: those of the {@code part}-th of so many {@code parts} of
   * every block's outputs, so many outputs ahead.
   */
  record Fetch(int part, int parts, int ahead) {}

  /** A function of (weight, x, y, blocks of four outputs, y's stride). */
  static byte[] assemble(int rows, int inputs, boolean rounded, Fetch fetch) {
    return new ProjectionCode(rows, inputs, rounded, fetch).blocks();
  }

  private byte[] blocks() {
    Assembler.Label block = code.here();
    for (int i = 0; i < OUTPUTS * rows; i++) {
      code.zero(i);
    }
    int together = oneByOne() ? 1 : OUTPUTS;
    for (int output = 0; output < OUTPUTS; output += together) {
      dots(output, together);
    }
    code.mov(TARGET, Y);
    for (int row = 0; row < rows; row++) {
      sum(row);
      store(OUTPUTS * row);
    }
    code.add(Y, OUTPUTS * (rounded ? 2 : 4));
    code.sub(BLOCKS, 1);
    code.jumpIfNotZero(block);
    code.ret();
    return code.toBytes();
  }

  private boolean oneByOne() {
    return fetch.parts() == 1 && rows <= MOST_ROWS_ONE_BY_ONE;
  }

  /** Accumulator OUTPUTS * row + output: lane by lane, products of the row and the weights. */
  private void dots(int first, int outputs) {
    int steps = rowBytes / VECTOR_BYTES;
    int unrolled = steps % 2 == 0 ? 2 : 1;
    code.sub(STEPS, STEPS);
    code.add(STEPS, steps / unrolled);
    Assembler.Label loop = code.here();
    for (int step = 0; step < unrolled; step++) {
      dots(first, outputs, step * VECTOR_BYTES);
    }
    code.add(WEIGHT, unrolled * VECTOR_BYTES);
    code.add(X, unrolled * VECTOR_BYTES);
    code.sub(STEPS, 1);
    code.jumpIfNotZero(loop);
    code.add(X, -rowBytes);
    if (outputs > 1) {
      code.add(WEIGHT, (outputs - 1) * rowBytes);
    }
  }

  private void dots(int first, int outputs, int offset) {
    for (int output = 0; output < outputs; output++) {
      code.vmovups(WEIGHTS + output, WEIGHT, offset + output * rowBytes);
      if (outputs > 1 && output % fetch.parts() == fetch.part()) {
        code.prefetch(WEIGHT, offset + (fetch.ahead() + output) * rowBytes);
      }
    }
    for (int row = 0; row < rows; row++) {
      code.vmovups(ROW, X, offset + row * rowBytes);
      for (int output = 0; output < outputs; output++) {
        int sum = OUTPUTS * row + first + output;
        code.vdpbf16ps(sum, WEIGHTS + output, ROW);
      }
    }
  }

  /** Adds up the lanes of a row's four accumulators into the first four lanes of its first. */
  private void sum(int row) {
    int a = OUTPUTS * row;
    int low = WEIGHTS;
    int high = WEIGHTS + 1;
    addHalves(a, a, a + 1, low, high);
    addHalves(a + 1, a + 2, a + 3, low, high);
    code.vunpcklpd(low, a, a + 1);
    code.vunpckhpd(high, a, a + 1);
    code.vaddps(a, low, high);
    code.vshuff32x4(low, a, a, 0b01_00_11_10);
    code.vaddps(a, a, low);
    code.vshuff32x4(low, a, a, 0b10_11_00_01);
    code.vaddps(a, a, low);
  }

  private void addHalves(int target, int left, int right, int low, int high) {
    code.vunpcklps(low, left, right);
    code.vunpckhps(high, left, right);
    code.vaddps(target, low, high);
  }

  private void store(int sums) {
    if (rounded) {
      code.storeFourRounded(TARGET, 0, sums);
    } else {
      code.storeFour(TARGET, 0, sums);
    }
    code.add(TARGET, Y_STRIDE);
  }
}
