package org.pyramidspark.op;

import org.pyramidspark.machinecode.Assembler;
import org.pyramidspark.machinecode.Avx512Assembler;
import org.pyramidspark.machinecode.Register;

/**
 * Machine code of a tile's product: as {@link VectorTileProduct}, 8 x 3 accumulators in registers,
 * with two bfloat16 products for each instruction in place of one float32 product.
 */
final class DotTileCode {
  private static final int ROWS = TileProduct.ROWS;
  private static final int VECTORS = 3;
  private static final int VECTOR_BYTES = 64;
  private static final int B = ROWS * VECTORS;
  private static final int A = B + VECTORS;
  private static final int C_ROW_BYTES = 4 * TileProduct.LANES;

  private static final Register PAGE = Register.argument(0);
  private static final Register OPERAND = Register.argument(1);
  private static final Register RESULT = Register.argument(2);
  private static final Register OFFSET = Register.argument(3);
  private static final Register BLOCKS = Register.argument(4);
  private static final Register PAIRS = Register.argument(5);
  private static final Register A_NEXT = Register.R10;
  private static final Register B_NEXT = Register.R11;
  private static final Register LEFT = Register.RAX;

  private final Avx512Assembler code = new Avx512Assembler();

  private DotTileCode() {}

  /**
   * A function of (a, b, c, bytes into b, blocks of {@link TileProduct#ROWS} rows, pairs): {@code
   * c[row][lane] = sum over pairs of a[pair][row] . b[pair][lane]}.
   *
   * @param aStride bytes from one pair of a to the next
   */
  static byte[] scores(int aStride) {
    DotTileCode tile = new DotTileCode();
    tile.code.add(OPERAND, OFFSET);
    return tile.blocks(aStride, false);
  }

  /** The same, with the offset in bytes into c, and added to c. */
  static byte[] context(int aStride) {
    DotTileCode tile = new DotTileCode();
    tile.code.add(RESULT, OFFSET);
    return tile.blocks(aStride, true);
  }

  private byte[] blocks(int aStride, boolean add) {
    Assembler.Label block = code.here();
    code.mov(A_NEXT, PAGE);
    code.mov(B_NEXT, OPERAND);
    code.mov(LEFT, PAIRS);
    for (int i = 0; i < ROWS * VECTORS; i++) {
      code.zero(i);
    }
    Assembler.Label pair = code.here();
    dots();
    code.add(A_NEXT, aStride);
    code.add(B_NEXT, C_ROW_BYTES);
    code.sub(LEFT, 1);
    code.jumpIfNotZero(pair);
    store(add);
    code.add(PAGE, 4 * ROWS);
    code.add(RESULT, ROWS * C_ROW_BYTES);
    code.sub(BLOCKS, 1);
    code.jumpIfNotZero(block);
    code.ret();
    return code.toBytes();
  }

  private void dots() {
    for (int vector = 0; vector < VECTORS; vector++) {
      code.vmovups(B + vector, B_NEXT, vector * VECTOR_BYTES);
    }
    for (int row = 0; row < ROWS; row++) {
      int a = A + row % 2;
      code.vbroadcastss(a, A_NEXT, 4 * row);
      for (int vector = 0; vector < VECTORS; vector++) {
        code.vdpbf16ps(row * VECTORS + vector, B + vector, a);
      }
    }
  }

  private void store(boolean add) {
    for (int row = 0; row < ROWS; row++) {
      for (int vector = 0; vector < VECTORS; vector++) {
        int sum = row * VECTORS + vector;
        int offset = row * C_ROW_BYTES + vector * VECTOR_BYTES;
        if (add) {
          code.vaddps(sum, sum, RESULT, offset);
        }
        code.vmovups(RESULT, offset, sum);
      }
    }
  }
}
