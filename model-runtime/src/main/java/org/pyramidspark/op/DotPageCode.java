package org.pyramidspark.op;

import org.pyramidspark.cache.PageLayout;
import org.pyramidspark.machinecode.Assembler;
import org.pyramidspark.machinecode.Avx512Assembler;
import org.pyramidspark.machinecode.Register;

/**
 * Machine code of {@link MachinePageProducts} for one head size and number of rows.
 *
 * <p>Nothing is fetched ahead: a page is read from start to end, once, and in huge pages the
 * processor's own prefetching is at the memory's rate; instructions for it made it slower (Zen 4,
 * two threads: 33 to 44 GB/s without, 28 to 32 with).
 */
final class DotPageCode {
  private static final int VECTOR_BYTES = 64;
  private static final int LANES = 16;
  private static final int ENTRY_VECTORS = PageLayout.TOKENS / LANES;
  private static final int PROBABILITY_ROW_BYTES = 4 * PageLayout.TOKENS;

  /** Accumulators; the other registers hold four vectors of the cache and broadcasts. */
  private static final int MOST_SUMS = 24;

  private static final int CACHE = MOST_SUMS;
  private static final int BROADCAST = 30;

  private static final Register PAGE = Register.argument(0);
  private static final Register OPERAND = Register.argument(1);
  private static final Register RESULT = Register.argument(2);
  private static final Register OPERAND_OFFSET = Register.argument(3);
  private static final Register SCORE_OFFSET = Register.argument(4);
  private static final Register SCORE_STRIDE = Register.argument(5);
  private static final Register SUM_OFFSET = Register.argument(3);
  private static final Register PAIRS = Register.argument(4);
  private static final Register LEFT = Register.RAX;
  private static final Register NEXT = Register.R10;
  private static final Register NEXT_OPERAND = Register.R11;

  private final Avx512Assembler code = new Avx512Assembler();
  private final int headSize;
  private final int rows;

  private DotPageCode(int headSize, int rows) {
    this.headSize = headSize;
    this.rows = rows;
  }

  /** A function of (queries, bytes into them): rounds rows of float32 to bfloat16 in place. */
  static byte[] prepare(int headSize, int rows) {
    DotPageCode page = new DotPageCode(headSize, rows);
    Register queries = Register.argument(0);
    page.code.add(queries, Register.argument(1));
    for (int row = 0; row < rows; row++) {
      page.round(queries, row * 4 * headSize, headSize / LANES);
    }
    page.code.ret();
    return page.code.toBytes();
  }

  /** Vectors of float32 to half as many bytes at the same place. */
  private void round(Register base, int offset, int vectors) {
    for (int vector = 0; vector < vectors; vector++) {
      code.vmovups(0, base, offset + vector * VECTOR_BYTES);
      code.storeRounded(base, offset + vector * VECTOR_BYTES / 2, 0);
    }
  }

  /** A function of (page, queries, scores, bytes into both, bytes from one row's scores on). */
  static byte[] scores(int headSize, int rows) {
    return new DotPageCode(headSize, rows).scores();
  }

  private byte[] scores() {
    code.add(OPERAND, OPERAND_OFFSET);
    code.add(RESULT, SCORE_OFFSET);
    for (int i = 0; i < rows * ENTRY_VECTORS; i++) {
      code.zero(i);
    }
    code.sub(LEFT, LEFT);
    code.add(LEFT, headSize / 2);
    Assembler.Label pair = code.here();
    for (int vector = 0; vector < ENTRY_VECTORS; vector++) {
      code.vmovups(CACHE + vector, PAGE, vector * VECTOR_BYTES);
    }
    for (int row = 0; row < rows; row++) {
      int query = BROADCAST + row % 2;
      code.vbroadcastss(query, OPERAND, row * 4 * headSize);
      for (int vector = 0; vector < ENTRY_VECTORS; vector++) {
        code.vdpbf16ps(row * ENTRY_VECTORS + vector, CACHE + vector, query);
      }
    }
    code.add(PAGE, ENTRY_VECTORS * VECTOR_BYTES);
    code.add(OPERAND, 4);
    code.sub(LEFT, 1);
    code.jumpIfNotZero(pair);
    for (int row = 0; row < rows; row++) {
      for (int vector = 0; vector < ENTRY_VECTORS; vector++) {
        code.vmovups(RESULT, vector * VECTOR_BYTES, row * ENTRY_VECTORS + vector);
      }
      code.add(RESULT, SCORE_STRIDE);
    }
    code.ret();
    return code.toBytes();
  }

  /** A function of (values, probabilities, sums, bytes into sums, pairs of entries). */
  static byte[] values(int headSize, int rows) {
    return new DotPageCode(headSize, rows).values();
  }

  private byte[] values() {
    code.add(RESULT, SUM_OFFSET);
    for (int row = 0; row < rows; row++) {
      round(OPERAND, row * PROBABILITY_ROW_BYTES, ENTRY_VECTORS);
    }
    int vectors = headSize / LANES;
    int groups = Math.ceilDiv(rows * vectors, MOST_SUMS);
    int together = Math.ceilDiv(vectors, groups);
    for (int first = 0; first < vectors; first += together) {
      addDimensions(first, Math.min(together, vectors - first));
    }
    code.ret();
    return code.toBytes();
  }

  /** Sums of some vectors of dimensions. */
  private void addDimensions(int first, int vectors) {
    for (int row = 0; row < rows; row++) {
      for (int vector = 0; vector < vectors; vector++) {
        code.vmovups(row * vectors + vector, RESULT, sum(row, first + vector));
      }
    }
    code.mov(NEXT, PAGE);
    code.mov(NEXT_OPERAND, OPERAND);
    code.mov(LEFT, PAIRS);
    Assembler.Label pair = code.here();
    for (int row = 0; row < rows; row++) {
      code.vbroadcastss(CACHE + row, NEXT_OPERAND, row * PROBABILITY_ROW_BYTES);
    }
    for (int vector = 0; vector < vectors; vector++) {
      int values = BROADCAST + vector % 2;
      code.vmovups(values, NEXT, (first + vector) * VECTOR_BYTES);
      for (int row = 0; row < rows; row++) {
        code.vdpbf16ps(row * vectors + vector, values, CACHE + row);
      }
    }
    code.add(NEXT, 4 * headSize);
    code.add(NEXT_OPERAND, 4);
    code.sub(LEFT, 1);
    code.jumpIfNotZero(pair);
    for (int row = 0; row < rows; row++) {
      for (int vector = 0; vector < vectors; vector++) {
        code.vmovups(RESULT, sum(row, first + vector), row * vectors + vector);
      }
    }
  }

  private int sum(int row, int vector) {
    return row * 4 * headSize + vector * VECTOR_BYTES;
  }
}
