package org.pyramidspark.op;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.pyramidspark.cache.BFloat16;
import org.pyramidspark.cache.NativeMemory;
import org.pyramidspark.cache.PageLayout;
import org.pyramidspark.config.KvType;

/** Stores keys and values of new rows: rotation and values in vectors, keys spread one by one. */
final class VectorAppend {
  private static final int W = VectorWidth.LANES;

  private VectorAppend() {}

  static void append(AppendTask task, KernelScratch scratch) {
    ProjectedRows rows = task.rows();
    PageLayout layout = task.cache().layout();
    int headSize = layout.headSize();
    float[] vector = scratch.floats(0, headSize);
    for (int i = 0; i < task.count(); i++) {
      int row = task.firstRow() + i;
      int entry = task.firstEntry() + i;
      long page = task.cache().page(task.kvHead(), entry / PageLayout.TOKENS);
      VectorRows.read(rows.key(row, task.kvHead()), rows.type(), vector, headSize);
      VectorRows.rotate(vector, headSize / 2, rows.rotary(), rows.positions()[row], 1);
      putKey(layout, page, entry % PageLayout.TOKENS, vector);
      VectorRows.read(rows.value(row, task.kvHead()), rows.type(), vector, headSize);
      putValue(layout, page, entry % PageLayout.TOKENS, vector);
    }
  }

  private static void putKey(PageLayout layout, long page, int entry, float[] key) {
    long address = page + layout.keyOffset(entry, 0);
    int stride = layout.keyStride();
    if (layout.type() == KvType.FLOAT32) {
      for (int dim = 0; dim < layout.headSize(); dim++, address += stride) {
        NativeMemory.putFloat(address, key[dim]);
      }
    } else {
      for (int dim = 0; dim < layout.headSize(); dim++, address += stride) {
        NativeMemory.ALL.set(NativeMemory.SHORT, address, BFloat16.fromFloat(key[dim]));
      }
    }
  }

  private static void putValue(PageLayout layout, long page, int entry, float[] value) {
    long address = page + layout.valueOffset(entry, 0);
    if (layout.type() == KvType.FLOAT32) {
      VectorRows.write(
          value, address, org.pyramidspark.config.ComputeType.FLOAT32, layout.headSize());
      return;
    }
    int pairs = layout.headSize() / 2;
    int i = 0;
    for (; i <= pairs - W; i += W) {
      VectorRows.rounded(FloatVector.fromArray(VectorWidth.FLOATS, value, i))
          .lanewise(VectorOperators.LSHR, 16)
          .or(
              VectorRows.rounded(FloatVector.fromArray(VectorWidth.FLOATS, value, i + pairs))
                  .and(0xffff0000))
          .intoMemorySegment(NativeMemory.ALL, address + 4L * i, NativeMemory.ORDER);
    }
    for (; i < pairs; i++) {
      NativeMemory.ALL.set(NativeMemory.SHORT, address + 4L * i, BFloat16.fromFloat(value[i]));
      NativeMemory.ALL.set(
          NativeMemory.SHORT, address + 4L * i + 2, BFloat16.fromFloat(value[i + pairs]));
    }
  }
}
