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

  /** Query vectors up to which a task may be computed in parts. */
  int MOST_SPLIT = 16;

  /**
   * Rotates queries and attends to some pages of the cache.
   *
   * @param task of at most {@link #MOST_SPLIT} query vectors, without scoring
   * @param pages that all of its rows see
   * @param part is filled
   */
  void attend(AttentionTask task, PageRange pages, PartialAttention part, KernelScratch scratch);
}
