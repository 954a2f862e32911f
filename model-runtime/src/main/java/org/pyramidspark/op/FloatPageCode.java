package org.pyramidspark.op;

import org.pyramidspark.cache.PageLayout;
import org.pyramidspark.config.KvType;
import org.pyramidspark.machinecode.Assembler;
import org.pyramidspark.machinecode.Register;
import org.pyramidspark.machinecode.VectorAssembler;

/**
 * Machine code of {@link MachinePageProducts} in float32, for one element type, head size and
 * number of rows. What is narrower than float32 is widened in registers, so sums are those of
 * float32.
 *
 * <p>With three rows of AVX2, 4 vectors of sums each leave room for three broadcast elements and
 * one vector of the cache, so the elements of pairs and fours are loaded one after the other.
 *
 * <p>Of int8 the next page is fetched meanwhile: to widen it takes the time in which the processor
 * would read ahead (Zen 4, two threads: 22 GB/s, 13 without). The other types come at the memory's
 * rate by themselves, and fetching made them slower.
 */
final class FloatPageCode {
  private static final int LINE_BYTES = 64;
  private static final int PROBABILITY_ROW_BYTES = Float.BYTES * PageLayout.TOKENS;

  private static final Register PAGE = Register.argument(0);
  private static final Register OPERAND = Register.argument(1);
  private static final Register RESULT = Register.argument(2);
  private static final Register OPERAND_OFFSET = Register.argument(3);
  private static final Register SCORE_OFFSET = Register.argument(4);
  private static final Register SCORE_STRIDE = Register.argument(5);
  private static final Register SUM_OFFSET = Register.argument(3);
  private static final Register STEPS = Register.argument(4);
  private static final Register FETCHED = Register.argument(5);
  private static final Register LEFT = Register.RAX;
  private static final Register NEXT = Register.R10;
  private static final Register NEXT_OPERAND = Register.R11;

  private final VectorAssembler code;
  private final int lanes;
  private final int mostSums;
  private final int cache;
  private final int headSize;
  private final int rows;
  private final int elements;
  private final PageLayout layout;

  private FloatPageCode(VectorAssembler code, KvType type, int headSize, int rows) {
    this.code = code;
    this.lanes = code.vectorBytes() / Float.BYTES;
    this.cache = code.registers() - 1;
    this.mostSums = cache - VectorLoops.MOST_ROWS + 1;
    this.headSize = headSize;
    this.rows = rows;
    this.elements = elements(type);
    this.layout = new PageLayout(headSize, type);
  }

  /** Elements of a sum that lie together. */
  static int elements(KvType type) {
    return switch (type) {
      case FLOAT32 -> 1;
      case BFLOAT16 -> 2;
      case INT8 -> 4;
    };
  }

  /** Vectors of sums of each row that are worked on at once, of so many. */
  private int together(int vectors) {
    int most = Integer.highestOneBit(mostSums / rows);
    return Math.ceilDiv(vectors, Math.ceilDiv(vectors, most));
  }

  /** A function of (page, queries, scores, bytes into both, bytes from one row's scores on). */
  static byte[] scores(VectorAssembler code, KvType type, int headSize, int rows) {
    return new FloatPageCode(code, type, headSize, rows).scores();
  }

  private byte[] scores() {
    code.add(OPERAND, OPERAND_OFFSET);
    code.add(RESULT, SCORE_OFFSET);
    int vectors = PageLayout.TOKENS / lanes;
    int together = together(vectors);
    for (int first = 0; first < vectors; first += together) {
      int count = Math.min(together, vectors - first);
      for (int i = 0; i < rows * count; i++) {
        code.zero(i);
      }
      code.sub(LEFT, LEFT);
      code.add(LEFT, headSize / elements);
      addSteps(first, count, Float.BYTES * PageLayout.TOKENS, Float.BYTES * headSize, false);
      for (int row = 0; row < rows; row++) {
        for (int vector = 0; vector < count; vector++) {
          int score = row * count + vector;
          int offset = (first + vector) * code.vectorBytes();
          if (layout.type() == KvType.INT8) {
            code.vmulps(score, score, PAGE, layout.keyScaleOffset(0) + offset);
          }
          code.vmovups(RESULT, offset, score);
        }
        code.add(RESULT, SCORE_STRIDE);
      }
      for (int row = 0; row < rows; row++) {
        code.sub(RESULT, SCORE_STRIDE);
      }
    }
    code.ret();
    return code.toBytes();
  }

  /**
   * A function of (values, probabilities, sums, bytes into sums, steps of {@link #elements}, next
   * page). Of int8, probabilities come multiplied by their values' scales.
   */
  static byte[] values(VectorAssembler code, KvType type, int headSize, int rows) {
    return new FloatPageCode(code, type, headSize, rows).values();
  }

  private byte[] values() {
    code.add(RESULT, SUM_OFFSET);
    int vectors = headSize / lanes;
    int together = together(vectors);
    for (int first = 0; first < vectors; first += together) {
      int count = Math.min(together, vectors - first);
      for (int row = 0; row < rows; row++) {
        for (int vector = 0; vector < count; vector++) {
          code.vmovups(row * count + vector, RESULT, sum(row, first + vector));
        }
      }
      code.mov(LEFT, STEPS);
      addSteps(
          first,
          count,
          Float.BYTES * headSize,
          PROBABILITY_ROW_BYTES,
          first == 0 && layout.type() == KvType.INT8);
      for (int row = 0; row < rows; row++) {
        for (int vector = 0; vector < count; vector++) {
          code.vmovups(RESULT, sum(row, first + vector), row * count + vector);
        }
      }
    }
    code.ret();
    return code.toBytes();
  }

  /** Makes float32 of one of the elements in each int. */
  private void widen(int element) {
    switch (layout.type()) {
      case FLOAT32 -> {}
      case BFLOAT16 -> {
        if (element == 1) {
          code.vpsrld(cache, cache, 16);
        }
        code.vpslld(cache, cache, 16);
      }
      case INT8 -> {
        if (element < 3) {
          code.vpslld(cache, cache, 24 - 8 * element);
        }
        code.vpsrad(cache, cache, 24);
        code.vcvtdq2ps(cache, cache);
      }
    }
  }

  private int broadcast(int row) {
    return cache - rows + row;
  }

  private int sum(int row, int vector) {
    return row * Float.BYTES * headSize + vector * code.vectorBytes();
  }

  /**
   * Adds products of some vectors of the cache and the rows' elements, for as many steps as are
   * left.
   *
   * @param stepBytes from the cache of one step to that of the next
   * @param rowBytes from one row's elements to the next row's
   * @param fetches whether the next page is fetched meanwhile
   */
  private void addSteps(int first, int vectors, int stepBytes, int rowBytes, boolean fetches) {
    code.mov(NEXT, PAGE);
    code.mov(NEXT_OPERAND, OPERAND);
    Assembler.Label step = code.here();
    if (fetches) {
      fetchNext();
    }
    for (int element = 0; element < elements; element++) {
      for (int row = 0; row < rows; row++) {
        code.vbroadcastss(broadcast(row), NEXT_OPERAND, row * rowBytes + element * Float.BYTES);
      }
      addElement(first, vectors, element);
    }
    code.add(NEXT, stepBytes);
    code.add(NEXT_OPERAND, elements * Float.BYTES);
    code.sub(LEFT, 1);
    code.jumpIfNotZero(step);
  }

  /** Fetches a step's share of the next page, in the second-level cache. */
  private void fetchNext() {
    int steps = PageLayout.TOKENS / elements;
    int lines = Math.ceilDiv(layout.bytes(), steps * LINE_BYTES);
    for (int line = 0; line < lines; line++) {
      code.prefetchFar(FETCHED, line * LINE_BYTES);
    }
    code.add(FETCHED, lines * LINE_BYTES);
  }

  private void addElement(int first, int vectors, int element) {
    for (int vector = 0; vector < vectors; vector++) {
      code.vmovups(cache, NEXT, (first + vector) * code.vectorBytes());
      widen(element);
      for (int row = 0; row < rows; row++) {
        code.vfmadd231ps(row * vectors + vector, cache, broadcast(row));
      }
    }
  }
}
