package org.pyramidspark.op;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The one inner product of prefill attention: {@code C[8][3 vectors] (+)= A[n][8]^T B[n][3 vectors]},
 * used for scores (A = keys, B = queries, n = head size) and for values (A = values, B = probabilities,
 * n = keys). Lanes are queries.
 *
 * <p>24 accumulators and 3 vectors of B fill the 32 registers of AVX-512; each element of A is loaded
 * once and used three times, so 24 FMAs cost 11 loads and the FMA units stay busy. Written out, since C2
 * keeps accumulators in registers only as local variables.
 */
final class OuterProduct {
  /** Rows of C. */
  static final int ROWS = 8;

  /** Vectors in a row of B and C. */
  static final int VECTORS = 3;

  private static final VectorSpecies<Float> F = VectorWidth.FLOATS;
  private static final int W = VectorWidth.LANES;

  private OuterProduct() {}

  /**
   * @param n rows of A and B
   * @param accumulate whether C is added to rather than overwritten
   */
  static void multiply(
      float[] a,
      int aOffset,
      int aStride,
      float[] b,
      int bOffset,
      int n,
      float[] c,
      int cOffset,
      boolean accumulate) {
    FloatVector c00 = FloatVector.zero(F);
    FloatVector c01 = FloatVector.zero(F);
    FloatVector c02 = FloatVector.zero(F);
    FloatVector c10 = FloatVector.zero(F);
    FloatVector c11 = FloatVector.zero(F);
    FloatVector c12 = FloatVector.zero(F);
    FloatVector c20 = FloatVector.zero(F);
    FloatVector c21 = FloatVector.zero(F);
    FloatVector c22 = FloatVector.zero(F);
    FloatVector c30 = FloatVector.zero(F);
    FloatVector c31 = FloatVector.zero(F);
    FloatVector c32 = FloatVector.zero(F);
    FloatVector c40 = FloatVector.zero(F);
    FloatVector c41 = FloatVector.zero(F);
    FloatVector c42 = FloatVector.zero(F);
    FloatVector c50 = FloatVector.zero(F);
    FloatVector c51 = FloatVector.zero(F);
    FloatVector c52 = FloatVector.zero(F);
    FloatVector c60 = FloatVector.zero(F);
    FloatVector c61 = FloatVector.zero(F);
    FloatVector c62 = FloatVector.zero(F);
    FloatVector c70 = FloatVector.zero(F);
    FloatVector c71 = FloatVector.zero(F);
    FloatVector c72 = FloatVector.zero(F);
    for (int k = 0; k < n; k++) {
      int at = aOffset + k * aStride;
      int bt = bOffset + k * VECTORS * W;
      FloatVector b0 = FloatVector.fromArray(F, b, bt);
      FloatVector b1 = FloatVector.fromArray(F, b, bt + W);
      FloatVector b2 = FloatVector.fromArray(F, b, bt + 2 * W);
      FloatVector a0 = FloatVector.broadcast(F, a[at]);
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      c02 = a0.fma(b2, c02);
      FloatVector a1 = FloatVector.broadcast(F, a[at + 1]);
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      c12 = a1.fma(b2, c12);
      FloatVector a2 = FloatVector.broadcast(F, a[at + 2]);
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      c22 = a2.fma(b2, c22);
      FloatVector a3 = FloatVector.broadcast(F, a[at + 3]);
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
      c32 = a3.fma(b2, c32);
      FloatVector a4 = FloatVector.broadcast(F, a[at + 4]);
      c40 = a4.fma(b0, c40);
      c41 = a4.fma(b1, c41);
      c42 = a4.fma(b2, c42);
      FloatVector a5 = FloatVector.broadcast(F, a[at + 5]);
      c50 = a5.fma(b0, c50);
      c51 = a5.fma(b1, c51);
      c52 = a5.fma(b2, c52);
      FloatVector a6 = FloatVector.broadcast(F, a[at + 6]);
      c60 = a6.fma(b0, c60);
      c61 = a6.fma(b1, c61);
      c62 = a6.fma(b2, c62);
      FloatVector a7 = FloatVector.broadcast(F, a[at + 7]);
      c70 = a7.fma(b0, c70);
      c71 = a7.fma(b1, c71);
      c72 = a7.fma(b2, c72);
    }
    if (accumulate) {
      c00 = c00.add(FloatVector.fromArray(F, c, cOffset + 0 * W));
      c01 = c01.add(FloatVector.fromArray(F, c, cOffset + 1 * W));
      c02 = c02.add(FloatVector.fromArray(F, c, cOffset + 2 * W));
      c10 = c10.add(FloatVector.fromArray(F, c, cOffset + 3 * W));
      c11 = c11.add(FloatVector.fromArray(F, c, cOffset + 4 * W));
      c12 = c12.add(FloatVector.fromArray(F, c, cOffset + 5 * W));
      c20 = c20.add(FloatVector.fromArray(F, c, cOffset + 6 * W));
      c21 = c21.add(FloatVector.fromArray(F, c, cOffset + 7 * W));
      c22 = c22.add(FloatVector.fromArray(F, c, cOffset + 8 * W));
      c30 = c30.add(FloatVector.fromArray(F, c, cOffset + 9 * W));
      c31 = c31.add(FloatVector.fromArray(F, c, cOffset + 10 * W));
      c32 = c32.add(FloatVector.fromArray(F, c, cOffset + 11 * W));
      c40 = c40.add(FloatVector.fromArray(F, c, cOffset + 12 * W));
      c41 = c41.add(FloatVector.fromArray(F, c, cOffset + 13 * W));
      c42 = c42.add(FloatVector.fromArray(F, c, cOffset + 14 * W));
      c50 = c50.add(FloatVector.fromArray(F, c, cOffset + 15 * W));
      c51 = c51.add(FloatVector.fromArray(F, c, cOffset + 16 * W));
      c52 = c52.add(FloatVector.fromArray(F, c, cOffset + 17 * W));
      c60 = c60.add(FloatVector.fromArray(F, c, cOffset + 18 * W));
      c61 = c61.add(FloatVector.fromArray(F, c, cOffset + 19 * W));
      c62 = c62.add(FloatVector.fromArray(F, c, cOffset + 20 * W));
      c70 = c70.add(FloatVector.fromArray(F, c, cOffset + 21 * W));
      c71 = c71.add(FloatVector.fromArray(F, c, cOffset + 22 * W));
      c72 = c72.add(FloatVector.fromArray(F, c, cOffset + 23 * W));
    }
    c00.intoArray(c, cOffset + 0 * W);
    c01.intoArray(c, cOffset + 1 * W);
    c02.intoArray(c, cOffset + 2 * W);
    c10.intoArray(c, cOffset + 3 * W);
    c11.intoArray(c, cOffset + 4 * W);
    c12.intoArray(c, cOffset + 5 * W);
    c20.intoArray(c, cOffset + 6 * W);
    c21.intoArray(c, cOffset + 7 * W);
    c22.intoArray(c, cOffset + 8 * W);
    c30.intoArray(c, cOffset + 9 * W);
    c31.intoArray(c, cOffset + 10 * W);
    c32.intoArray(c, cOffset + 11 * W);
    c40.intoArray(c, cOffset + 12 * W);
    c41.intoArray(c, cOffset + 13 * W);
    c42.intoArray(c, cOffset + 14 * W);
    c50.intoArray(c, cOffset + 15 * W);
    c51.intoArray(c, cOffset + 16 * W);
    c52.intoArray(c, cOffset + 17 * W);
    c60.intoArray(c, cOffset + 18 * W);
    c61.intoArray(c, cOffset + 19 * W);
    c62.intoArray(c, cOffset + 20 * W);
    c70.intoArray(c, cOffset + 21 * W);
    c71.intoArray(c, cOffset + 22 * W);
    c72.intoArray(c, cOffset + 23 * W);
  }
}
