package org.pyramidspark.op;

import org.pyramidspark.machinecode.Assembler;
import org.pyramidspark.machinecode.Avx2Assembler;
import org.pyramidspark.machinecode.Register;

/**
 * Machine code of {@link FloatTileProduct}: blocks of 4 x 3 vectors of c, whose 12 accumulators, 3
 * vectors of b and a broadcast element of a fill the 16 registers of AVX2.
 */
final class FloatTileCode {
  /** Rows of a block. */
  static final int ROWS = 4;

  /** Bits of a count in the function's last argument. */
  static final int COUNT_BITS = 16;

  private static final int VECTORS = 3;
  private static final int VECTOR_BYTES = 32;
  private static final int B = ROWS * VECTORS;
  private static final int A = B + VECTORS;
  private static final int LANE_BYTES = Float.BYTES * TileProduct.LANES;
  private static final int STRIP_BYTES = VECTORS * VECTOR_BYTES;
  private static final int COUNT = (1 << COUNT_BITS) - 1;

  private static final Register A_BLOCK = Register.argument(0);
  private static final Register B_STRIP = Register.argument(1);
  private static final Register C_BLOCK = Register.argument(2);
  private static final Register B_OFFSET = Register.argument(3);
  private static final Register C_OFFSET = Register.argument(4);
  private static final Register COUNTS = Register.argument(5);
  private static final Register DEPTH = Register.RAX;
  private static final Register A_NEXT = Register.R10;
  private static final Register B_NEXT = Register.R11;

  /** Free once the offset has been added. */
  private static final Register A_STRIDE = B_OFFSET;

  private static final Register LEFT = C_OFFSET;

  private final Avx2Assembler code = new Avx2Assembler();

  private FloatTileCode() {}

  /**
   * A function of (a, b, c, bytes into b, bytes into c, counts), with counts of depth, blocks of
   * {@value #ROWS} rows and bytes from one row of a to the next, from the lowest bits up. See
   * {@link TileProduct#multiply}.
   */
  static byte[] multiply(boolean add) {
    return new FloatTileCode().blocks(add);
  }

  private byte[] blocks(boolean add) {
    code.add(B_STRIP, B_OFFSET);
    code.add(C_BLOCK, C_OFFSET);
    code.mov(DEPTH, COUNTS);
    code.and(DEPTH, COUNT);
    code.mov(A_STRIDE, COUNTS);
    code.shiftRight(A_STRIDE, 2 * COUNT_BITS);
    code.shiftRight(COUNTS, COUNT_BITS);
    code.and(COUNTS, COUNT);
    Assembler.Label block = code.here();
    for (int strip = 0; strip < LANE_BYTES; strip += STRIP_BYTES) {
      strip(strip, add);
    }
    code.add(A_BLOCK, ROWS * Float.BYTES);
    code.add(C_BLOCK, ROWS * LANE_BYTES);
    code.sub(COUNTS, 1);
    code.jumpIfNotZero(block);
    code.ret();
    return code.toBytes();
  }

  private void strip(int offset, boolean add) {
    for (int i = 0; i < ROWS * VECTORS; i++) {
      code.zero(i);
    }
    code.mov(A_NEXT, A_BLOCK);
    code.mov(B_NEXT, B_STRIP);
    code.mov(LEFT, DEPTH);
    Assembler.Label loop = code.here();
    for (int vector = 0; vector < VECTORS; vector++) {
      code.vmovups(B + vector, B_NEXT, offset + vector * VECTOR_BYTES);
    }
    for (int row = 0; row < ROWS; row++) {
      code.vbroadcastss(A, A_NEXT, row * Float.BYTES);
      for (int vector = 0; vector < VECTORS; vector++) {
        code.vfmadd231ps(row * VECTORS + vector, A, B + vector);
      }
    }
    code.add(A_NEXT, A_STRIDE);
    code.add(B_NEXT, LANE_BYTES);
    code.sub(LEFT, 1);
    code.jumpIfNotZero(loop);
    store(offset, add);
  }

  private void store(int offset, boolean add) {
    for (int row = 0; row < ROWS; row++) {
      for (int vector = 0; vector < VECTORS; vector++) {
        int sum = row * VECTORS + vector;
        int at = row * LANE_BYTES + offset + vector * VECTOR_BYTES;
        if (add) {
          code.vaddps(sum, sum, C_BLOCK, at);
        }
        code.vmovups(C_BLOCK, at, sum);
      }
    }
  }
}
