package org.pyramidspark.op;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.pyramidspark.machinecode.MachineCode;

/**
 * {@link PageProducts} of a bfloat16 cache in machine code, for one head size. Queries and
 * probabilities are rounded to bfloat16, sums are float32. Thread-safe.
 */
final class DotPageProducts implements PageProducts {
  private static final FunctionDescriptor PREPARE = FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG);
  private static final FunctionDescriptor SCORES =
      FunctionDescriptor.ofVoid(JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final FunctionDescriptor VALUES =
      FunctionDescriptor.ofVoid(JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG);

  private final int rows;
  private final MethodHandle prepare;
  private final MethodHandle scores;
  private final MethodHandle values;

  /**
   * @param headSize a multiple of 16
   * @param rows query vectors that go together, at most 4
   */
  DotPageProducts(int headSize, int rows) {
    this.rows = rows;
    prepare = MachineCode.function(DotPageCode.prepare(headSize, rows), PREPARE, true);
    scores = MachineCode.function(DotPageCode.scores(headSize, rows), SCORES, true);
    values = MachineCode.function(DotPageCode.values(headSize, rows), VALUES, true);
  }

  @Override
  public void prepare(int headSize, float[] queries, int query) {
    try {
      prepare.invokeExact(MemorySegment.ofArray(queries), 4L * query);
    } catch (Throwable error) {
      throw new IllegalStateException(error);
    }
  }

  @Override
  public void scores(
      int headSize, long page, float[] queries, int query, float[] target, int offset, int stride) {
    try {
      scores.invokeExact(
          page,
          MemorySegment.ofArray(queries),
          MemorySegment.ofArray(target),
          4L * query,
          4L * offset,
          4L * stride);
    } catch (Throwable error) {
      throw new IllegalStateException(error);
    }
  }

  @Override
  public void values(
      int headSize, long page, int entries, float[] probabilities, float[] sums, int sum) {
    try {
      values.invokeExact(
          page,
          MemorySegment.ofArray(probabilities),
          MemorySegment.ofArray(sums),
          4L * sum,
          (long) ((entries + 1) / 2));
    } catch (Throwable error) {
      throw new IllegalStateException(error);
    }
  }

  @Override
  public int sumsSize(int headSize) {
    return rows * headSize;
  }

  @Override
  public void scale(int headSize, float[] sums, int sum, int row, float factor) {
    int from = sum + row * headSize;
    for (int i = from; i < from + headSize; i++) {
      sums[i] *= factor;
    }
  }

  @Override
  public void context(int headSize, float[] sums, int sum, int row, float[] context) {
    System.arraycopy(sums, sum + row * headSize, context, 0, headSize);
  }
}
