package org.pyramidspark.op;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Kernels by the number under which TensorFlow knows them: TensorFlow keeps a pointer for each
 * node, and this number takes its place. Thread-safe.
 */
final class KernelRegistry {
  private final Map<Long, TensorFlowNative.Kernel> kernels = new ConcurrentHashMap<>();
  private final AtomicLong last = new AtomicLong();

  long add(TensorFlowNative.Kernel kernel) {
    long number = last.incrementAndGet();
    kernels.put(number, kernel);
    return number;
  }

  TensorFlowNative.Kernel get(long number) {
    return kernels.get(number);
  }

  /** The removed kernel, or null for a node whose construction failed. */
  TensorFlowNative.Kernel remove(long number) {
    return kernels.remove(number);
  }
}
