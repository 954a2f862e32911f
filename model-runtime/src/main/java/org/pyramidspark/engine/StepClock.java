package org.pyramidspark.engine;

import java.util.List;
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
  private final LongAdder trialNanos = new LongAdder();

  /** Counts a step that computed the prompts of these, but for what they share with others. */
  void addPrefill(List<Sequence> batch, long nanos) {
    prefillNanos.add(nanos);
    for (Sequence sequence : batch) {
      prefillTokens.add(sequence.computedPromptTokens());
      sharedPromptTokens.add(sequence.sharedTokens());
      sharedKvBytes.add(sequence.sharedBytes());
    }
  }

  /** Counts a step that computed so many generated tokens. */
  void addDecode(int tokens, long nanos) {
    decodeTokens.add(tokens);
    decodeNanos.add(nanos);
    decodeSteps.increment();
  }

  /** Counts a trial's part of a step's time. */
  void addTrial(long nanos) {
    trialNanos.add(nanos);
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
        trialNanos.sum(),
        kvCache.bytesInUse(),
        kvCache.peakBytes(),
        scheduler.numRunning(),
        scheduler.mostRunning(),
        scheduler.setBacks(),
        times.toMap());
  }
}
