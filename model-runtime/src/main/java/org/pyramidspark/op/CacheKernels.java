package org.pyramidspark.op;

/**
 * The arithmetic of the cache op over one KV head, in one of two implementations with one meaning.
 * Thread-safe: each thread brings its own {@link KernelScratch}; tasks that run at once touch
 * different entries, result rows and sums.
 */
sealed interface CacheKernels permits ScalarKernels, VectorKernels {

  /** For reports: {@code scalar}, or {@code vector-} and the vectors' bits. */
  String name();

  /** Rotates keys to their rows' original positions and stores keys and values. */
  void append(AppendTask task, KernelScratch scratch);

  /** Rotates queries, attends, writes the context and adds to the scores. */
  void attend(AttentionTask task, KernelScratch scratch);
}
