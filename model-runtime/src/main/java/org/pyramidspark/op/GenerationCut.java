package org.pyramidspark.op;

import org.pyramidspark.op.AttentionTask.Scoring;

/** What leaves one layer's cache at the end of a generated token's step, by scores or by age. */
sealed interface GenerationCut permits CompressionCut, EvictionCut {

  /** Whether this step's attention is scored. */
  boolean scores();

  /** How many entries, from the first on, {@link #prepare} writes. */
  int prepared();

  /** Prepares a KV head's cache for attention; called for different heads at once. */
  void prepare(int kvHead);

  /** What is summed up of a KV head's attention. */
  Scoring scoring(int kvHead);

  /** Takes entries out. */
  void finish();
}
