package org.pyramidspark.op;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link TileProduct} in vectors (a template, see {@link Specialization}).
 *
 * <p>A block of 8 x 3 vectors of c stays in registers: 24 accumulators, 3 vectors of b and one
 * broadcast element of a fit into the 32 registers of AVX-512, and 11 loads feed 24 multiply-adds.
 * Narrower vectors often come with 16 registers, so there the block is 4 x 3. Both are written out,
 * since the compiler keeps vectors in registers only as local variables.
 */
final class VectorTileProduct implements TileProduct {
  private static final VectorSpecies<Float> F = Specialization.of(MethodHandles.lookup()).floats();
  private static final int W = F.length();
  private static final boolean MANY_REGISTERS = W == 16;

  @Override
  public void multiply(
      float[] a,
      int aStride,
      int rows,
      float[] b,
      int bOffset,
      int depth,
      float[] c,
      int cOffset,
      boolean add) {
    for (int lane = 0; lane < LANES; lane += 3 * W) {
      for (int row = 0; row < rows; row += ROWS) {
        int block = cOffset + row * LANES + lane;
        if (MANY_REGISTERS) {
          eightRows(a, row, aStride, b, bOffset + lane, depth, c, block, add);
        } else {
          fourRows(a, row, aStride, b, bOffset + lane, depth, c, block, add);
          fourRows(a, row + 4, aStride, b, bOffset + lane, depth, c, block + 4 * LANES, add);
        }
      }
    }
  }

  private static void eightRows(
      float[] a,
      int aOffset,
      int aStride,
      float[] b,
      int bOffset,
      int depth,
      float[] c,
      int cOffset,
      boolean add) {
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
    for (int i = 0; i < depth; i++) {
      int at = aOffset + i * aStride;
      int bt = bOffset + i * LANES;
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
    if (add) {
      c00 = c00.add(FloatVector.fromArray(F, c, cOffset));
      c01 = c01.add(FloatVector.fromArray(F, c, cOffset + W));
      c02 = c02.add(FloatVector.fromArray(F, c, cOffset + 2 * W));
      c10 = c10.add(FloatVector.fromArray(F, c, cOffset + LANES));
      c11 = c11.add(FloatVector.fromArray(F, c, cOffset + LANES + W));
      c12 = c12.add(FloatVector.fromArray(F, c, cOffset + LANES + 2 * W));
      c20 = c20.add(FloatVector.fromArray(F, c, cOffset + 2 * LANES));
      c21 = c21.add(FloatVector.fromArray(F, c, cOffset + 2 * LANES + W));
      c22 = c22.add(FloatVector.fromArray(F, c, cOffset + 2 * LANES + 2 * W));
      c30 = c30.add(FloatVector.fromArray(F, c, cOffset + 3 * LANES));
      c31 = c31.add(FloatVector.fromArray(F, c, cOffset + 3 * LANES + W));
      c32 = c32.add(FloatVector.fromArray(F, c, cOffset + 3 * LANES + 2 * W));
      c40 = c40.add(FloatVector.fromArray(F, c, cOffset + 4 * LANES));
      c41 = c41.add(FloatVector.fromArray(F, c, cOffset + 4 * LANES + W));
      c42 = c42.add(FloatVector.fromArray(F, c, cOffset + 4 * LANES + 2 * W));
      c50 = c50.add(FloatVector.fromArray(F, c, cOffset + 5 * LANES));
      c51 = c51.add(FloatVector.fromArray(F, c, cOffset + 5 * LANES + W));
      c52 = c52.add(FloatVector.fromArray(F, c, cOffset + 5 * LANES + 2 * W));
      c60 = c60.add(FloatVector.fromArray(F, c, cOffset + 6 * LANES));
      c61 = c61.add(FloatVector.fromArray(F, c, cOffset + 6 * LANES + W));
      c62 = c62.add(FloatVector.fromArray(F, c, cOffset + 6 * LANES + 2 * W));
      c70 = c70.add(FloatVector.fromArray(F, c, cOffset + 7 * LANES));
      c71 = c71.add(FloatVector.fromArray(F, c, cOffset + 7 * LANES + W));
      c72 = c72.add(FloatVector.fromArray(F, c, cOffset + 7 * LANES + 2 * W));
    }
    c00.intoArray(c, cOffset);
    c01.intoArray(c, cOffset + W);
    c02.intoArray(c, cOffset + 2 * W);
    c10.intoArray(c, cOffset + LANES);
    c11.intoArray(c, cOffset + LANES + W);
    c12.intoArray(c, cOffset + LANES + 2 * W);
    c20.intoArray(c, cOffset + 2 * LANES);
    c21.intoArray(c, cOffset + 2 * LANES + W);
    c22.intoArray(c, cOffset + 2 * LANES + 2 * W);
    c30.intoArray(c, cOffset + 3 * LANES);
    c31.intoArray(c, cOffset + 3 * LANES + W);
    c32.intoArray(c, cOffset + 3 * LANES + 2 * W);
    c40.intoArray(c, cOffset + 4 * LANES);
    c41.intoArray(c, cOffset + 4 * LANES + W);
    c42.intoArray(c, cOffset + 4 * LANES + 2 * W);
    c50.intoArray(c, cOffset + 5 * LANES);
    c51.intoArray(c, cOffset + 5 * LANES + W);
    c52.intoArray(c, cOffset + 5 * LANES + 2 * W);
    c60.intoArray(c, cOffset + 6 * LANES);
    c61.intoArray(c, cOffset + 6 * LANES + W);
    c62.intoArray(c, cOffset + 6 * LANES + 2 * W);
    c70.intoArray(c, cOffset + 7 * LANES);
    c71.intoArray(c, cOffset + 7 * LANES + W);
    c72.intoArray(c, cOffset + 7 * LANES + 2 * W);
  }

  private static void fourRows(
      float[] a,
      int aOffset,
      int aStride,
      float[] b,
      int bOffset,
      int depth,
      float[] c,
      int cOffset,
      boolean add) {
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
    for (int i = 0; i < depth; i++) {
      int at = aOffset + i * aStride;
      int bt = bOffset + i * LANES;
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
    }
    if (add) {
      c00 = c00.add(FloatVector.fromArray(F, c, cOffset));
      c01 = c01.add(FloatVector.fromArray(F, c, cOffset + W));
      c02 = c02.add(FloatVector.fromArray(F, c, cOffset + 2 * W));
      c10 = c10.add(FloatVector.fromArray(F, c, cOffset + LANES));
      c11 = c11.add(FloatVector.fromArray(F, c, cOffset + LANES + W));
      c12 = c12.add(FloatVector.fromArray(F, c, cOffset + LANES + 2 * W));
      c20 = c20.add(FloatVector.fromArray(F, c, cOffset + 2 * LANES));
      c21 = c21.add(FloatVector.fromArray(F, c, cOffset + 2 * LANES + W));
      c22 = c22.add(FloatVector.fromArray(F, c, cOffset + 2 * LANES + 2 * W));
      c30 = c30.add(FloatVector.fromArray(F, c, cOffset + 3 * LANES));
      c31 = c31.add(FloatVector.fromArray(F, c, cOffset + 3 * LANES + W));
      c32 = c32.add(FloatVector.fromArray(F, c, cOffset + 3 * LANES + 2 * W));
    }
    c00.intoArray(c, cOffset);
    c01.intoArray(c, cOffset + W);
    c02.intoArray(c, cOffset + 2 * W);
    c10.intoArray(c, cOffset + LANES);
    c11.intoArray(c, cOffset + LANES + W);
    c12.intoArray(c, cOffset + LANES + 2 * W);
    c20.intoArray(c, cOffset + 2 * LANES);
    c21.intoArray(c, cOffset + 2 * LANES + W);
    c22.intoArray(c, cOffset + 2 * LANES + 2 * W);
    c30.intoArray(c, cOffset + 3 * LANES);
    c31.intoArray(c, cOffset + 3 * LANES + W);
    c32.intoArray(c, cOffset + 3 * LANES + 2 * W);
  }
}
