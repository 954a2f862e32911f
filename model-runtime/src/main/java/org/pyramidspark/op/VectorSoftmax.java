package org.pyramidspark.op;

import static org.pyramidspark.op.TileProduct.LANES;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.pyramidspark.cache.PageLayout;

/**
 * {@link Softmax} in vectors (a template, see {@link Specialization}).
 *
 * <p>References are {@value #HEADROOM} above the highest score when they are set, so they are
 * seldom raised, and probabilities are at most 1. That no score has reached its reference is seen
 * from the exponents' signs while they are computed, so a tile's highest score is looked for only
 * when one has.
 */
final class VectorSoftmax implements Softmax {
  private static final VectorSpecies<Float> F = Specialization.of(MethodHandles.lookup()).floats();
  private static final VectorSpecies<Integer> I = Specialization.of(MethodHandles.lookup()).ints();
  private static final int W = F.length();
  private static final float HEADROOM = 8;

  /** Adding it rounds to an integer and leaves that integer in the low bits: 1.5 * 2^23. */
  private static final float ROUNDER = 12582912f;

  /** The bits of -127: of negative floats, the greater integer is the smaller magnitude. */
  private static final int LOWEST = 0xc2fe0000;

  /**
   * 2^x of negative x, by the exponent's bits and a polynomial on [-1/2, 1/2] (minimax, relative
   * error 1.7e-7 with rounding). From -127 down it is exactly 0: there the polynomial is 1, and
   * taking 127 from its exponent leaves no bit.
   */
  private static FloatVector exp2(FloatVector x) {
    FloatVector exponent =
        x.reinterpretAsInts().lanewise(VectorOperators.MIN, LOWEST).reinterpretAsFloats();
    FloatVector shifted = exponent.add(ROUNDER);
    FloatVector rest = exponent.sub(shifted.sub(ROUNDER));
    FloatVector power = FloatVector.broadcast(F, 0x1.5bba14p-10f);
    power = power.fma(rest, FloatVector.broadcast(F, 0x1.3cea88p-7f));
    power = power.fma(rest, FloatVector.broadcast(F, 0x1.c6b752p-5f));
    power = power.fma(rest, FloatVector.broadcast(F, 0x1.ebf9bcp-3f));
    power = power.fma(rest, FloatVector.broadcast(F, 0x1.62e42ap-1f));
    power = power.fma(rest, FloatVector.broadcast(F, 1f));
    return power
        .reinterpretAsInts()
        .add(shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23))
        .reinterpretAsFloats();
  }

  @Override
  public void mask(float[] tile, int from, int entries, int first, float[] visible, int lane) {
    for (int strip = 0; strip < LANES; strip += W) {
      FloatVector seen = FloatVector.fromArray(F, visible, lane + strip);
      for (int entry = from; entry < entries; entry++) {
        int at = entry * LANES + strip;
        FloatVector.fromArray(F, tile, at)
            .blend(Float.NEGATIVE_INFINITY, seen.compare(VectorOperators.LE, first + entry))
            .intoArray(tile, at);
      }
    }
  }

  @Override
  public boolean probabilities(
      float[] tile,
      int entries,
      float[] references,
      float[] sums,
      int lane,
      float[] probabilities,
      int offset) {
    for (int strip = 0; strip < LANES; strip += W) {
      FloatVector reference = FloatVector.fromArray(F, references, lane + strip);
      FloatVector sum = FloatVector.zero(F);
      IntVector signs = IntVector.broadcast(I, -1);
      for (int entry = 0; entry < entries; entry++) {
        int at = entry * LANES + strip;
        FloatVector exponent = FloatVector.fromArray(F, tile, at).sub(reference);
        signs = signs.and(exponent.reinterpretAsInts());
        FloatVector power = exp2(exponent);
        sum = sum.add(power);
        power.intoArray(probabilities, offset + at);
      }
      if (signs.compare(VectorOperators.GE, 0).anyTrue()) {
        return false;
      }
      // The tile's own row after the last entry keeps its sums until all lanes are known to be
      // good.
      sum.intoArray(tile, entries * LANES + strip);
    }
    for (int strip = 0; strip < LANES; strip += W) {
      FloatVector.fromArray(F, sums, lane + strip)
          .add(FloatVector.fromArray(F, tile, entries * LANES + strip))
          .intoArray(sums, lane + strip);
    }
    return true;
  }

  @Override
  public void raise(
      float[] tile,
      int entries,
      float[] references,
      float[] sums,
      int lane,
      float[] context,
      int rows,
      int offset) {
    for (int strip = 0; strip < LANES; strip += W) {
      FloatVector highest = highest(tile, entries, strip);
      FloatVector old = FloatVector.fromArray(F, references, lane + strip);
      FloatVector raised = highest.add(HEADROOM);
      var reached = highest.compare(VectorOperators.GE, old);
      old.blend(raised, reached).intoArray(references, lane + strip);
      FloatVector factor = FloatVector.broadcast(F, 1).blend(exp2(old.sub(raised)), reached);
      FloatVector.fromArray(F, sums, lane + strip).mul(factor).intoArray(sums, lane + strip);
      for (int row = 0; row < rows; row++) {
        int at = offset + row * LANES + strip;
        FloatVector.fromArray(F, context, at).mul(factor).intoArray(context, at);
      }
    }
  }

  /** Compare and blend: the vectors' own maximum minds NaN and takes five instructions. */
  private static FloatVector highest(float[] tile, int entries, int strip) {
    FloatVector highest = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
    for (int entry = 0; entry < entries; entry++) {
      FloatVector score = FloatVector.fromArray(F, tile, entry * LANES + strip);
      highest = highest.blend(score, score.compare(VectorOperators.GT, highest));
    }
    return highest;
  }

  @Override
  public void coefficients(
      float[] then, int offset, float[] references, float[] sums, int lane, float[] weights) {
    for (int strip = 0; strip < LANES; strip += W) {
      // exp2 wants a negative exponent, so one less and twice the power.
      FloatVector exponent =
          FloatVector.fromArray(F, then, offset + strip)
              .sub(FloatVector.fromArray(F, references, lane + strip))
              .sub(1);
      FloatVector weight =
          FloatVector.fromArray(F, weights, strip)
              .mul(2)
              .div(FloatVector.fromArray(F, sums, lane + strip));
      exp2(exponent).mul(weight).intoArray(then, offset + strip);
    }
  }

  @Override
  public void addWeighted(
      float[] probabilities,
      int offset,
      int entries,
      float[] coefficients,
      int lane,
      float[] partials,
      int target) {
    for (int strip = 0; strip < LANES; strip += 3 * W) {
      FloatVector first = FloatVector.fromArray(F, coefficients, lane + strip);
      FloatVector second = FloatVector.fromArray(F, coefficients, lane + strip + W);
      FloatVector third = FloatVector.fromArray(F, coefficients, lane + strip + 2 * W);
      for (int entry = 0; entry < entries; entry++) {
        int at = offset + entry * LANES + strip;
        FloatVector sum = FloatVector.fromArray(F, partials, target + entry * PARTIALS);
        sum = FloatVector.fromArray(F, probabilities, at).fma(first, sum);
        sum = FloatVector.fromArray(F, probabilities, at + W).fma(second, sum);
        sum = FloatVector.fromArray(F, probabilities, at + 2 * W).fma(third, sum);
        sum.intoArray(partials, target + entry * PARTIALS);
      }
    }
  }

  @Override
  public void addCounted(
      float[] probabilities,
      int offset,
      int entries,
      float[] coefficients,
      int lane,
      float[] weights,
      float[] partials,
      int target) {
    for (int strip = 0; strip < LANES; strip += W) {
      FloatVector coefficient = FloatVector.fromArray(F, coefficients, lane + strip);
      FloatVector weight = FloatVector.fromArray(F, weights, strip);
      for (int entry = 0; entry < entries; entry++) {
        int at = offset + entry * LANES + strip;
        FloatVector sum = FloatVector.fromArray(F, partials, target + entry * PARTIALS);
        var counted =
            FloatVector.fromArray(F, probabilities, at)
                .mul(coefficient)
                .compare(VectorOperators.GE, 1f);
        sum.blend(sum.add(weight), counted).intoArray(partials, target + entry * PARTIALS);
      }
    }
  }

  @Override
  public boolean page(
      float[] scores,
      int offset,
      float reference,
      float[] probabilities,
      int target,
      float[] partials,
      int partial) {
    FloatVector sum = FloatVector.fromArray(F, partials, partial);
    IntVector signs = IntVector.broadcast(I, -1);
    for (int i = 0; i < PageLayout.TOKENS; i += W) {
      FloatVector exponent = FloatVector.fromArray(F, scores, offset + i).sub(reference);
      signs = signs.and(exponent.reinterpretAsInts());
      FloatVector power = exp2(exponent);
      sum = sum.add(power);
      power.intoArray(probabilities, target + i);
    }
    if (signs.compare(VectorOperators.GE, 0).anyTrue()) {
      return false;
    }
    sum.intoArray(partials, partial);
    return true;
  }

  @Override
  public float reference(float[] scores, int offset) {
    float highest = Float.NEGATIVE_INFINITY;
    for (int i = offset; i < offset + PageLayout.TOKENS; i++) {
      highest = Math.max(highest, scores[i]);
    }
    return highest + HEADROOM;
  }

  @Override
  public float power(float x) {
    return exp2(FloatVector.broadcast(F, x)).lane(0);
  }

  @Override
  public void addPowers(
      float[] scores,
      int offset,
      int count,
      float reference,
      float factor,
      float[] powers,
      float[] target) {
    for (int i = 0; i < count; i += W) {
      exp2(FloatVector.fromArray(F, scores, offset + i).sub(reference)).intoArray(powers, i);
    }
    for (int i = 0; i < count; i++) {
      target[i] += factor * powers[i];
    }
  }
}
