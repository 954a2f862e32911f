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
  private static final FunctionDescriptor FUNCTION =
      FunctionDescriptor.ofVoid(JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG);

  private final MethodHandle scores;
  private final MethodHandle context;

  /**
   * @param headSize a multiple of {@link TileProduct#ROWS}
   */
  DotTileProduct(int headSize) {
    scores = MachineCode.function(DotTileCode.scores(4 * PageLayout.TOKENS), FUNCTION, true);
    context = MachineCode.function(DotTileCode.context(4 * headSize), FUNCTION, true);
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
      scores.invokeExact(
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
      context.invokeExact(
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
