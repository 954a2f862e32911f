package org.pyramidspark.op;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.pyramidspark.machinecode.MachineCode;

/** {@link TileProduct} in machine code. Thread-safe. */
final class FloatTileProduct implements TileProduct {
  private static final MethodHandle CALL =
      MachineCode.caller(
          FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG),
          true);

  private final int rowsTogether;
  private final MemorySegment multiply;
  private final MemorySegment multiplyAndAdd;

  /**
   * @param code which vectors to use; the machine must have them
   */
  FloatTileProduct(ProductCode code) {
    this.rowsTogether = FloatTileCode.rows(code.assembler());
    this.multiply = MachineCode.function(FloatTileCode.multiply(code.assembler(), false));
    this.multiplyAndAdd = MachineCode.function(FloatTileCode.multiply(code.assembler(), true));
  }

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
    long blocks = rows / rowsTogether;
    long aStrideBytes = (long) Float.BYTES * aStride;
    long counts =
        (aStrideBytes << FloatTileCode.COUNT_BITS | blocks) << FloatTileCode.COUNT_BITS | depth;
    MemorySegment aMemory = MemorySegment.ofArray(a);
    MemorySegment bMemory = MemorySegment.ofArray(b);
    MemorySegment cMemory = MemorySegment.ofArray(c);
    long bBytes = (long) Float.BYTES * bOffset;
    long cBytes = (long) Float.BYTES * cOffset;
    try {
      if (add) {
        CALL.invokeExact(multiplyAndAdd, aMemory, bMemory, cMemory, bBytes, cBytes, counts);
      } else {
        CALL.invokeExact(multiply, aMemory, bMemory, cMemory, bBytes, cBytes, counts);
      }
    } catch (Throwable error) {
      throw new IllegalStateException(error);
    }
  }
}
