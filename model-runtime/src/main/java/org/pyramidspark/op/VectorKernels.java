package org.pyramidspark.op;

/** Kernels in the Vector API; they follow. */
final class VectorKernels implements CacheKernels {

  @Override
  public String name() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void append(AppendTask task, KernelScratch scratch) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void attend(AttentionTask task, KernelScratch scratch) {
    throw new UnsupportedOperationException();
  }
}
