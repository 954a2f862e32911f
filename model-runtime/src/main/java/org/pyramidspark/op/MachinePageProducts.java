package org.pyramidspark.op;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.pyramidspark.cache.NativeMemory;
import org.pyramidspark.cache.PageLayout;
import org.pyramidspark.config.KvType;
import org.pyramidspark.machinecode.MachineCode;

/** {@link PageProducts} in machine code, for one head size. Thread-safe. */
final class MachinePageProducts implements PageProducts {
  private static final MethodHandle PREPARE =
      MachineCode.caller(FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG), true);
  private static final MethodHandle SCORES =
      MachineCode.caller(
          FunctionDescriptor.ofVoid(JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG),
          true);
  private static final MethodHandle VALUES =
      MachineCode.caller(
          FunctionDescriptor.ofVoid(JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG),
          true);

  private final PageLayout layout;
  private final int rows;
  private final int entriesTogether;
  private final Optional<MemorySegment> prepare;
  private final MemorySegment scores;
  private final MemorySegment values;

  private MachinePageProducts(
      PageLayout layout,
      int rows,
      int entriesTogether,
      Optional<byte[]> prepare,
      byte[] scores,
      byte[] values) {
    this.layout = layout;
    this.rows = rows;
    this.entriesTogether = entriesTogether;
    this.prepare = prepare.map(MachineCode::function);
    this.scores = MachineCode.function(scores);
    this.values = MachineCode.function(values);
  }

  /**
   * Of a bfloat16 cache, by the processor's dot products: queries and probabilities are rounded to
   * bfloat16, sums are float32.
   *
   * @param headSize a multiple of 16
   * @param rows query vectors that go together, at most 4
   */
  static MachinePageProducts dots(int headSize, int rows) {
    return new MachinePageProducts(
        new PageLayout(headSize, KvType.BFLOAT16),
        rows,
        2,
        Optional.of(DotPageCode.prepare(headSize, rows)),
        DotPageCode.scores(headSize, rows),
        DotPageCode.values(headSize, rows));
  }

  /**
   * Of a cache of any type, in float32.
   *
   * @param code which vectors to use; the machine must have them
   * @param headSize a multiple of a vector's floats
   * @param rows query vectors that go together, at most 4
   */
  static MachinePageProducts floats(ProductCode code, KvType type, int headSize, int rows) {
    return new MachinePageProducts(
        new PageLayout(headSize, type),
        rows,
        FloatPageCode.elements(type),
        Optional.empty(),
        FloatPageCode.scores(code.assembler(), type, headSize, rows),
        FloatPageCode.values(code.assembler(), type, headSize, rows));
  }

  @Override
  public boolean readsPartners() {
    return layout.type() == KvType.BFLOAT16;
  }

  @Override
  public void prepare(int headSize, float[] queries, int query) {
    if (prepare.isEmpty()) {
      return;
    }
    try {
      PREPARE.invokeExact(prepare.get(), MemorySegment.ofArray(queries), 4L * query);
    } catch (Throwable error) {
      throw new IllegalStateException(error);
    }
  }

  @Override
  public void scores(
      int headSize, long page, float[] queries, int query, float[] target, int offset, int stride) {
    try {
      SCORES.invokeExact(
          scores,
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
      int headSize,
      long page,
      int entries,
      float[] probabilities,
      float[] sums,
      int sum,
      long next) {
    if (layout.type() == KvType.INT8) {
      scale(page, entries, probabilities);
    }
    try {
      VALUES.invokeExact(
          values,
          page,
          MemorySegment.ofArray(probabilities),
          MemorySegment.ofArray(sums),
          4L * sum,
          (long) Math.ceilDiv(entries, entriesTogether),
          next);
    } catch (Throwable error) {
      throw new IllegalStateException(error);
    }
  }

  /** Scales of values that are not there need not be numbers, so they are left out. */
  private void scale(long values, int entries, float[] probabilities) {
    long scales = values - layout.valuesOffset() + layout.valueScaleOffset(0);
    for (int row = 0; row < rows; row++) {
      for (int entry = 0; entry < entries; entry++) {
        probabilities[row * PageLayout.TOKENS + entry] *= NativeMemory.floatAt(scales + 4L * entry);
      }
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
