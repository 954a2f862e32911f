package org.pyramidspark.op;

import org.pyramidspark.machinecode.Assembler;
import org.pyramidspark.machinecode.Avx512Assembler;
import org.pyramidspark.machinecode.Register;

/**
 * Machine code of {@link MachineTileSoftmax} for AVX-512: the arithmetic of {@link VectorSoftmax},
 * bit for bit, and the rounding to pairs of bfloat16 in the same pass. Entries go by in twos, each
 * in three vectors; the processor finds the six independent chains by itself.
 *
 * <p>Compiled from the Vector API the same loop took half as long again in some runs of the JVM,
 * and with rounding a second pass.
 */
final class TileSoftmaxCode {
  private static final int VECTORS = 3;
  private static final int VECTOR_BYTES = 64;
  private static final int LANE_BYTES = Float.BYTES * TileProduct.LANES;

  /** Adding it rounds to an integer and leaves that integer in the low bits: 1.5 * 2^23. */
  private static final float ROUNDER = 12582912f;

  /** See {@link VectorSoftmax}: the bits of -127, and the polynomial from the highest power on. */
  private static final int LOWEST = 0xc2fe0000;

  private static final float[] POLYNOMIAL = {
    0x1.5bba14p-10f, 0x1.3cea88p-7f, 0x1.c6b752p-5f, 0x1.ebf9bcp-3f, 0x1.62e42ap-1f, 1f
  };

  private static final int REST = 6;
  private static final int SHIFTED = 7;
  private static final int EXPONENT = 8;
  private static final int SIGN_BIT = 9;
  private static final int SIGNS = 10;
  private static final int SUMS = 11;
  private static final int NEGATED_REFERENCES = SUMS + VECTORS;
  private static final int CONSTANTS = NEGATED_REFERENCES + VECTORS;
  private static final int LOWEST_AT = CONSTANTS;
  private static final int ROUNDER_AT = CONSTANTS + 1;
  private static final int HALF_AT = CONSTANTS + 2;
  private static final int UPPER_HALF_AT = CONSTANTS + 3;
  private static final int POLYNOMIAL_AT = CONSTANTS + 4;

  private static final Register TILE = Register.argument(0);
  private static final Register REFERENCES = Register.argument(1);
  private static final Register PROBABILITIES = Register.argument(2);
  private static final Register PAIRS = Register.argument(3);
  private static final Register OFFSET = Register.argument(4);
  private static final Register COUNTS = Register.argument(5);
  private static final Register CONSTANT = Register.RAX;

  /** Bits of the number of pairs in the function's last argument. */
  static final int COUNT_BITS = 16;

  private static final int COUNT = (1 << COUNT_BITS) - 1;

  private final Avx512Assembler code = new Avx512Assembler();
  private final boolean floats;
  private final boolean pairs;

  private TileSoftmaxCode(boolean floats, boolean pairs) {
    this.floats = floats;
    this.pairs = pairs;
  }

  /**
   * A function of (tile, references, probabilities, pairs, bytes into probabilities, counts), with
   * counts of pairs of entries and bytes into references, from the lowest bits up. It leaves the
   * sums of the tile after its last entry and returns whether a score has reached its reference.
   *
   * @param floats whether it writes probabilities
   * @param pairs whether it writes them in pairs, rounded to bfloat16
   */
  static byte[] probabilities(boolean floats, boolean pairs) {
    return new TileSoftmaxCode(floats, pairs).function();
  }

  private byte[] function() {
    code.add(PROBABILITIES, OFFSET);
    code.mov(OFFSET, COUNTS);
    code.shiftRight(OFFSET, COUNT_BITS);
    code.add(REFERENCES, OFFSET);
    code.and(COUNTS, COUNT);
    loadConstants();
    for (int vector = 0; vector < VECTORS; vector++) {
      code.vmovups(EXPONENT, REFERENCES, vector * VECTOR_BYTES);
      code.zero(SUMS + vector);
      code.vsubps(NEGATED_REFERENCES + vector, SUMS + vector, EXPONENT);
    }
    Assembler.Label loop = code.here();
    for (int vector = 0; vector < VECTORS; vector++) {
      twoEntries(vector);
    }
    code.add(TILE, 2 * LANE_BYTES);
    if (floats) {
      code.add(PROBABILITIES, 2 * LANE_BYTES);
    }
    if (pairs) {
      code.add(PAIRS, LANE_BYTES);
    }
    code.sub(COUNTS, 1);
    code.jumpIfNotZero(loop);
    for (int vector = 0; vector < VECTORS; vector++) {
      code.vmovups(TILE, vector * VECTOR_BYTES, SUMS + vector);
    }
    code.vptestnmd(Register.RAX, SIGNS, SIGN_BIT);
    code.ret();
    return code.toBytes();
  }

  private void loadConstants() {
    broadcast(LOWEST_AT, LOWEST);
    broadcast(ROUNDER_AT, Float.floatToRawIntBits(ROUNDER));
    broadcast(HALF_AT, 0x8000);
    broadcast(UPPER_HALF_AT, 0xffff0000);
    broadcast(SIGN_BIT, Integer.MIN_VALUE);
    code.ones(SIGNS);
    for (int i = 0; i < POLYNOMIAL.length; i++) {
      broadcast(POLYNOMIAL_AT + i, Float.floatToRawIntBits(POLYNOMIAL[i]));
    }
  }

  private void broadcast(int register, int bits) {
    code.mov(CONSTANT, bits);
    code.vpbroadcastd(register, CONSTANT);
  }

  private void twoEntries(int vector) {
    int even = 2 * vector;
    int odd = even + 1;
    power(even, vector, 0);
    power(odd, vector, LANE_BYTES);
    if (pairs) {
      // Probabilities are at most 1, so half a unit more cannot carry too far.
      code.vpaddd(even, even, HALF_AT);
      code.vpsrld(even, even, 16);
      code.vpaddd(odd, odd, HALF_AT);
      code.vpandd(odd, odd, UPPER_HALF_AT);
      code.vpord(even, even, odd);
      code.vmovups(PAIRS, vector * VECTOR_BYTES, even);
    }
  }

  private void power(int target, int vector, int entryBytes) {
    int at = entryBytes + vector * VECTOR_BYTES;
    code.vaddps(EXPONENT, NEGATED_REFERENCES + vector, TILE, at);
    code.vpandd(SIGNS, SIGNS, EXPONENT);
    code.vpminsd(EXPONENT, EXPONENT, LOWEST_AT);
    code.vaddps(SHIFTED, EXPONENT, ROUNDER_AT);
    code.vsubps(REST, SHIFTED, ROUNDER_AT);
    code.vsubps(REST, EXPONENT, REST);
    code.vmovaps(target, POLYNOMIAL_AT);
    for (int i = 1; i < POLYNOMIAL.length; i++) {
      code.vfmadd213ps(target, REST, POLYNOMIAL_AT + i);
    }
    code.vpslld(SHIFTED, SHIFTED, 23);
    code.vpaddd(target, target, SHIFTED);
    code.vaddps(SUMS + vector, SUMS + vector, target);
    if (floats) {
      code.vmovups(PROBABILITIES, at, target);
    }
  }
}
