package org.pyramidspark.op;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * 2^x for softmax, of x at most 16: powers of two by the exponent's bits, the rest in [-1/2, 1/2] by
 * the polynomial of degree 6 out of Taylor's series, whose error there is 1.2e-7, one unit in the last
 * place. Below -126 the result is 2^-126, which no sum of probabilities notices.
 */
final class VectorExp2 {
  /** Adding it rounds to an integer and leaves that integer in the low bits: 1.5 * 2^23. */
  private static final float MAGIC = 12582912f;

  private VectorExp2() {}

  static FloatVector exp2(FloatVector x) {
    FloatVector clamped = x.blend(-126f, x.lt(-126f));
    FloatVector shifted = clamped.add(MAGIC);
    FloatVector rest = clamped.sub(shifted.sub(MAGIC));
    FloatVector power = FloatVector.broadcast(VectorWidth.FLOATS, 1.5403530e-4f);
    power = power.fma(rest, FloatVector.broadcast(VectorWidth.FLOATS, 1.3333558e-3f));
    power = power.fma(rest, FloatVector.broadcast(VectorWidth.FLOATS, 9.6181291e-3f));
    power = power.fma(rest, FloatVector.broadcast(VectorWidth.FLOATS, 5.5504109e-2f));
    power = power.fma(rest, FloatVector.broadcast(VectorWidth.FLOATS, 2.4022651e-1f));
    power = power.fma(rest, FloatVector.broadcast(VectorWidth.FLOATS, 6.9314718e-1f));
    power = power.fma(rest, FloatVector.broadcast(VectorWidth.FLOATS, 1f));
    IntVector exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
    return power.reinterpretAsInts().add(exponent).reinterpretAsFloats();
  }
}
