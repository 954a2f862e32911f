package org.pyramidspark.op;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.pyramidspark.cache.PageLayout;
import org.pyramidspark.machinecode.MachineCode;

/** The two products of {@link DotTiles}, in machine code, for one head size. Thread-safe. */
final class DotTileProduct {
  private static final MethodHandle CALL =
      MachineCode.caller(
          FunctionDescriptor.ofVoid(JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG),
          true);

  private final MemorySegment scores;
  private final MemorySegment context;

  /**
   * @param headSize a multiple of {@link TileProduct#ROWS}
   */
  DotTileProduct(int headSize) {
    scores = MachineCode.function(DotTileCode.scores(4 * PageLayout.TOKENS));
    context = MachineCode.function(DotTileCode.context(4 * headSize));
  }

  /**
   * {@code scores[entry][lane] = key[entry] . query[lane]}.
   *
   * @param keys address of a page's keys
   * @param queries pairs of dimensions, {@code [pairs][LANES]}, from {@code query} on
   * @param entries a multiple of {@link TileProduct#ROWS}
   */
  void scores(long keys, int[] queries, int query, float[] target, int entries, int pairs) {
    try {
      CALL.invokeExact(
          scores,
          keys,
          MemorySegment.ofArray(queries),
          MemorySegment.ofArray(target),
          4L * query,
          (long) (entries / TileProduct.ROWS),
          (long) pairs);
    } catch (Throwable error) {
      throw new IllegalStateException(error);
    }
  }

  /**
   * {@code context[dim][lane] += sum over entries of value[entry][dim] * probability[entry][lane]}.
   *
   * @param values address of a page's values
   * @param probabilities pairs of entries, {@code [pairs][LANES]}
   * @param target {@code [headSize][LANES]}, from {@code offset} on
   */
  void addContext(
      int headSize, long values, int[] probabilities, float[] target, int offset, int pairs) {
    try {
      CALL.invokeExact(
          context,
          values,
          MemorySegment.ofArray(probabilities),
          MemorySegment.ofArray(target),
          4L * offset,
          (long) (headSize / TileProduct.ROWS),
          (long) pairs);
    } catch (Throwable error) {
      throw new IllegalStateException(error);
    }
  }
}
