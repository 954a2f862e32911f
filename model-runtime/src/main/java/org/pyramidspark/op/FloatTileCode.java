package org.pyramidspark.op;

import org.pyramidspark.machinecode.Assembler;
import org.pyramidspark.machinecode.Register;
import org.pyramidspark.machinecode.VectorAssembler;

/**
 * Machine code of {@link FloatTileProduct}: blocks of rows by 3 vectors of c. With AVX2 these are 4
 * rows, whose 12 accumulators, 3 vectors of b and a broadcast element of a fill the 16 registers;
 * with AVX-512 8 rows and 28 of 32.
 */
final class FloatTileCode {
  /** Bits of a count in the function's last argument. */
  static final int COUNT_BITS = 16;

  private static final int VECTORS = 3;
  private static final int LANE_BYTES = Float.BYTES * TileProduct.LANES;
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

  private final VectorAssembler code;
  private final int rows;
  private final int b;
  private final int a;

  private FloatTileCode(VectorAssembler code) {
    this.code = code;
    this.rows = rows(code);
    this.b = rows * VECTORS;
    this.a = b + VECTORS;
  }

  /** Rows of a block. */
  static int rows(VectorAssembler code) {
    return Integer.highestOneBit((code.registers() - VECTORS - 1) / VECTORS);
  }

  /**
   * A function of (a, b, c, bytes into b, bytes into c, counts), with counts of depth, blocks of
   * {@link #rows} and bytes from one row of a to the next, from the lowest bits up. See {@link
   * TileProduct#multiply}.
   */
  static byte[] multiply(VectorAssembler code, boolean add) {
    return new FloatTileCode(code).blocks(add);
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
    for (int strip = 0; strip < LANE_BYTES; strip += VECTORS * code.vectorBytes()) {
      strip(strip, add);
    }
    code.add(A_BLOCK, rows * Float.BYTES);
    code.add(C_BLOCK, rows * LANE_BYTES);
    code.sub(COUNTS, 1);
    code.jumpIfNotZero(block);
    code.ret();
    return code.toBytes();
  }

  private void strip(int offset, boolean add) {
    for (int i = 0; i < rows * VECTORS; i++) {
      code.zero(i);
    }
    code.mov(A_NEXT, A_BLOCK);
    code.mov(B_NEXT, B_STRIP);
    code.mov(LEFT, DEPTH);
    Assembler.Label loop = code.here();
    for (int vector = 0; vector < VECTORS; vector++) {
      code.vmovups(b + vector, B_NEXT, offset + vector * code.vectorBytes());
    }
    for (int row = 0; row < rows; row++) {
      code.vbroadcastss(a, A_NEXT, row * Float.BYTES);
      for (int vector = 0; vector < VECTORS; vector++) {
        code.vfmadd231ps(row * VECTORS + vector, a, b + vector);
      }
    }
    code.add(A_NEXT, A_STRIDE);
    code.add(B_NEXT, LANE_BYTES);
    code.sub(LEFT, 1);
    code.jumpIfNotZero(loop);
    store(offset, add);
  }

  private void store(int offset, boolean add) {
    for (int row = 0; row < rows; row++) {
      for (int vector = 0; vector < VECTORS; vector++) {
        int sum = row * VECTORS + vector;
        int at = row * LANE_BYTES + offset + vector * code.vectorBytes();
        if (add) {
          code.vaddps(sum, sum, C_BLOCK, at);
        }
        code.vmovups(C_BLOCK, at, sum);
      }
    }
  }
}
