package org.pyramidspark.op;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.pyramidspark.op.TileProduct.LANES;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import org.pyramidspark.machinecode.MachineCode;

/** {@link TileSoftmax} in machine code for AVX-512. */
final class MachineTileSoftmax implements TileSoftmax {
  private static final MethodHandle CALL =
      MachineCode.caller(
          FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG),
          true);

  private static final int[] NO_PAIRS = {0};

  /** The code, for three kinds of results; made once for many uses. Thread-safe. */
  static final class Functions {
    private final MemorySegment floats = function(true, false);
    private final MemorySegment pairs = function(false, true);
    private final MemorySegment both = function(true, true);

    private static MemorySegment function(boolean floats, boolean pairs) {
      return MachineCode.function(TileSoftmaxCode.probabilities(floats, pairs));
    }

    /** Writes probabilities. Thread-safe. */
    MachineTileSoftmax floats() {
      return new MachineTileSoftmax(floats, NO_PAIRS);
    }

    /**
     * Writes two entries in one int, rounded to bfloat16, in place of probabilities; the partner of
     * an odd number's last is 0.
     *
     * @param target {@code [entries / 2, rounded up][LANES]}
     */
    MachineTileSoftmax pairs(int[] target) {
      return new MachineTileSoftmax(pairs, target);
    }

    /** Writes probabilities, and {@link #pairs}. */
    MachineTileSoftmax both(int[] target) {
      return new MachineTileSoftmax(both, target);
    }
  }

  private final MemorySegment function;
  private final MemorySegment pairs;

  private MachineTileSoftmax(MemorySegment function, int[] pairs) {
    this.function = function;
    this.pairs = MemorySegment.ofArray(pairs);
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
    int twos = (entries + 1) / 2;
    if (entries % 2 != 0) {
      Arrays.fill(tile, entries * LANES, (entries + 1) * LANES, Float.NEGATIVE_INFINITY);
    }
    if (reached(tile, twos, references, lane, probabilities, offset) != 0) {
      return false;
    }
    for (int i = 0; i < LANES; i++) {
      sums[lane + i] += tile[2 * twos * LANES + i];
    }
    return true;
  }

  private int reached(
      float[] tile, int twos, float[] references, int lane, float[] probabilities, int offset) {
    long referenceBytes = (long) Float.BYTES * lane;
    try {
      return (int)
          CALL.invokeExact(
              function,
              MemorySegment.ofArray(tile),
              MemorySegment.ofArray(references),
              MemorySegment.ofArray(probabilities),
              pairs,
              (long) Float.BYTES * offset,
              referenceBytes << TileSoftmaxCode.COUNT_BITS | twos);
    } catch (Throwable error) {
      throw new IllegalStateException(error);
    }
  }
}
