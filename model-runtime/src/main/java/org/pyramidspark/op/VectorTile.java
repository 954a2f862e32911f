package org.pyramidspark.op;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import java.util.Arrays;
import org.pyramidspark.cache.LayerCache;
import org.pyramidspark.cache.NativeMemory;
import org.pyramidspark.cache.PageLayout;

/**
 * Unpacks one page of one KV head to float32: keys {@code [dim][64]} and values {@code [64][dim]}, the
 * page's own order. Entries beyond the cache's length are zero, so that a probability of 0 gives 0.
 */
final class VectorTile {
  private static final int W = VectorWidth.LANES;
  private static final int TOKENS = PageLayout.TOKENS;

  private VectorTile() {}

  static void unpack(LayerCache cache, int kvHead, int pageIndex, float[] keys, float[] values) {
    PageLayout layout = cache.layout();
    long page = cache.page(kvHead, pageIndex);
    int elements = TOKENS * layout.headSize();
    switch (layout.type()) {
      case FLOAT32 -> {
        copy(page, keys, elements);
        copy(page + layout.valuesOffset(), values, elements);
      }
      case BFLOAT16 -> {
        unpackPairs(page, keys, elements, 2 * PageLayout.KEY_PAIR, PageLayout.KEY_PAIR);
        int headSize = layout.headSize();
        unpackPairs(page + layout.valuesOffset(), values, elements, headSize, headSize / 2);
      }
    }
    int filled = Math.min(TOKENS, cache.length() - pageIndex * TOKENS);
    Arrays.fill(values, filled * layout.headSize(), elements, 0f);
  }

  private static void copy(long address, float[] target, int count) {
    int i = 0;
    for (; i <= count - W; i += W) {
      FloatVector.fromMemorySegment(
              VectorWidth.FLOATS, NativeMemory.ALL, address + 4L * i, NativeMemory.ORDER)
          .intoArray(target, i);
    }
    for (; i < count; i++) {
      target[i] = NativeMemory.floatAt(address + 4L * i);
    }
  }

  /** Every {@code row} elements are {@code distance} ints of pairs (i, i + distance). */
  private static void unpackPairs(
      long address, float[] target, int count, int row, int distance) {
    for (int from = 0; from < count; from += row) {
      long rowAddress = address + 2L * from;
      int i = 0;
      for (; i <= distance - W; i += W) {
        IntVector pairs =
            IntVector.fromMemorySegment(
                VectorWidth.INTS, NativeMemory.ALL, rowAddress + 4L * i, NativeMemory.ORDER);
        pairs
            .lanewise(VectorOperators.LSHL, 16)
            .reinterpretAsFloats()
            .intoArray(target, from + i);
        pairs.and(0xffff0000).reinterpretAsFloats().intoArray(target, from + distance + i);
      }
      for (; i < distance; i++) {
        target[from + i] = NativeMemory.bfloat16At(rowAddress + 4L * i);
        target[from + distance + i] = NativeMemory.bfloat16At(rowAddress + 4L * i + 2);
      }
    }
  }
}
