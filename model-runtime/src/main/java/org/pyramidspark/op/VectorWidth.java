package org.pyramidspark.op;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vectors' width: what the machine prefers, up to 512 bits. The property {@code
 * pyramid.vector-bits} narrows it, for tests and for machines whose wide vectors lower the clock.
 * Species must be compile-time constants for the kernels to become vector instructions, so the width is
 * fixed when this class is loaded.
 */
final class VectorWidth {
  static final int BITS =
      Math.min(
          512,
          Integer.getInteger("pyramid.vector-bits", FloatVector.SPECIES_PREFERRED.vectorBitSize()));
  static final VectorShape SHAPE = VectorShape.forBitSize(BITS);
  static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, SHAPE);
  static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, SHAPE);

  /** As many shorts as {@link #INTS} has ints. */
  static final VectorSpecies<Short> HALF_SHORTS =
      VectorSpecies.of(short.class, VectorShape.forBitSize(BITS / 2));

  static final int LANES = FLOATS.length();

  private VectorWidth() {}
}
