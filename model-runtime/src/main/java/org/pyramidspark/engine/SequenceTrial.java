package org.pyramidspark.engine;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.pyramidspark.cache.SequenceCache;

/**
 * The trial of a row that runs: begins to wait for its turn when the row's prompt is computed.
 * Owned by the engine's thread.
 */
final class SequenceTrial {
  private final TrialQueue queue;
  private final WaitingTrial trial;
  private final CompletableFuture<Void> over;

  SequenceTrial(TrialQueue queue, WaitingTrial trial, RowTrial listener) {
    this.queue = queue;
    this.trial = trial;
    this.over =
        trial
            .result()
            .handle(
                (result, failure) -> {
                  tell(listener, result, failure);
                  return null;
                });
  }

  private static void tell(RowTrial listener, TrialResult result, Throwable failure) {
    switch (failure) {
      case null -> listener.end(result);
      case CancellationException unwanted -> listener.drop();
      default -> listener.fail(failure.toString());
    }
  }

  /**
   * The row's prompt is computed.
   *
   * @param cache the row's
   * @param logits of the first token
   * @param rowBytes bytes of KV cache that rows are still to take in this step
   */
  void begin(SequenceCache cache, MemorySegment logits, long rowBytes) {
    queue.addForked(trial, cache, logits, rowBytes);
  }

  /** The row failed. */
  void fail(String reason) {
    trial.result().completeExceptionally(new IllegalStateException(reason));
  }

  /** Nobody waits for the row. */
  void drop() {
    trial.result().cancel(false);
  }

  /** Does something once the trial is over, whatever became of it. */
  void whenOver(Runnable action) {
    over.whenComplete((nothing, failure) -> action.run());
  }
}
