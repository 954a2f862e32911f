package org.pyramidspark.engine;

import java.util.concurrent.atomic.LongAdder;
import org.pyramidspark.cache.KvCache;
import org.pyramidspark.op.StepTimes;

/** Counts tokens and time of steps. Written by the engine's thread, read by any. */
final class StepClock {
  private final LongAdder prefillTokens = new LongAdder();
  private final LongAdder sharedPromptTokens = new LongAdder();
  private final LongAdder sharedKvBytes = new LongAdder();
  private final LongAdder prefillNanos = new LongAdder();
  private final LongAdder decodeTokens = new LongAdder();
  private final LongAdder decodeNanos = new LongAdder();
  private final LongAdder decodeSteps = new LongAdder();

  void add(boolean prefill, int tokens, long nanos) {
    (prefill ? prefillTokens : decodeTokens).add(tokens);
    (prefill ? prefillNanos : decodeNanos).add(nanos);
    if (!prefill) {
      decodeSteps.increment();
    }
  }

  /** Counts what a prompt that was computed has in common with another. */
  void addShared(Sequence sequence) {
    sharedPromptTokens.add(sequence.sharedTokens());
    sharedKvBytes.add(sequence.sharedBytes());
  }

  EngineMetrics metrics(KvCache kvCache, BatchScheduler scheduler, StepTimes times) {
    return new EngineMetrics(
        prefillTokens.sum(),
        sharedPromptTokens.sum(),
        sharedKvBytes.sum(),
        prefillNanos.sum(),
        decodeTokens.sum(),
        decodeNanos.sum(),
        decodeSteps.sum(),
        kvCache.bytesInUse(),
        kvCache.peakBytes(),
        scheduler.numRunning(),
        scheduler.mostRunning(),
        scheduler.setBacks(),
        times.toMap());
  }
}
