package org.pyramidspark.engine;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** A trial that is to run. Owned by the engine's thread, but for its result. */
final class WaitingTrial {
  private final Trial trial;
  private final long leastBytes;
  private final BooleanSupplier wanted;
  private final CompletableFuture<TrialResult> result = new CompletableFuture<>();
  private Optional<PromptFork> fork = Optional.empty();

  /**
   * @param leastBytes of KV cache that the trial takes
   * @param wanted whether somebody waits for the result
   */
  WaitingTrial(Trial trial, long leastBytes, BooleanSupplier wanted) {
    this.trial = trial;
    this.leastBytes = leastBytes;
    this.wanted = wanted;
  }

  CompletableFuture<TrialResult> result() {
    return result;
  }

  long leastBytes() {
    return leastBytes;
  }

  /** Whether it need not run. */
  boolean isUnwanted() {
    return result.isDone() || !wanted.getAsBoolean();
  }

  /** The trial of one policy goes on from here, unless this is given up before it runs. */
  void startFrom(PromptFork prompt) {
    fork = Optional.of(prompt);
  }

  Optional<PromptFork> fork() {
    return fork;
  }

  private long forkBytes() {
    return fork.map(PromptFork::bytes).orElse(0L);
  }

  /** Bytes that it takes at least beside what it holds already. */
  long bytesToCome() {
    return leastBytes - forkBytes();
  }

  /**
   * Runs the trial; if it fails, so does the result.
   *
   * @param room bytes of KV cache that may be taken, {@link #bytesToCome} or more
   */
  void run(long room, TrialSteps steps) {
    try {
      result.complete(trial.run(room + forkBytes(), fork.filter(PromptFork::isHeld), steps));
    } catch (RuntimeException | OutOfMemoryError error) {
      result.completeExceptionally(error);
    } catch (Error fatal) {
      // Ends the engine; who waits for this trial must hear of it, since the queue has it no more.
      result.completeExceptionally(fatal);
      throw fatal;
    } finally {
      fork.ifPresent(PromptFork::close);
    }
  }

  /** Will not run. */
  void drop() {
    fork.ifPresent(PromptFork::close);
    result.cancel(false);
  }
}
