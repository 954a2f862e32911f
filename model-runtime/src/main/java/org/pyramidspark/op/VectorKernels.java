package org.pyramidspark.op;

/** Kernels in the Vector API. */
final class VectorKernels implements CacheKernels {
  /** Query rows up to which reading the cache costs more than computing. */
  private static final int DECODE_ROWS = 2;

  @Override
  public String name() {
    return "vector-" + VectorWidth.BITS;
  }

  @Override
  public void append(AppendTask task, KernelScratch scratch) {
    VectorAppend.append(task, scratch);
  }

  @Override
  public void attend(AttentionTask task, KernelScratch scratch) {
    if (task.to() - task.from() <= DECODE_ROWS) {
      VectorDecode.attend(task, scratch);
    } else {
      VectorPrefill.attend(task, scratch);
    }
  }
}
