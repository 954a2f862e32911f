package org.pyramidspark.engine;

import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.pyramidspark.cache.KvCache;
import org.pyramidspark.config.ModelConfig;
import org.pyramidspark.errors.InvalidInputException;

/** Trials that wait for the engine's thread, which runs one at a time when there is room for it. */
final class TrialQueue {
  /**
   * @param leastBytes of KV cache that the trial takes
   */
  private record Waiting(Trial trial, long leastBytes, CompletableFuture<TrialResult> result) {}

  private final ModelConfig model;
  private final KvCache kvCache;
  private final KvBudget budget;
  private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();

  TrialQueue(ModelConfig model, KvCache kvCache, KvBudget budget) {
    this.model = model;
    this.kvCache = kvCache;
    this.budget = budget;
  }

  /** Adds a trial, whose result comes some time. */
  CompletableFuture<TrialResult> add(TrialRequest request) {
    check(request);
    Trial trial = new Trial(model, kvCache, request);
    Waiting mine = new Waiting(trial, checkedBytes(trial), new CompletableFuture<>());
    waiting.add(mine);
    return mine.result();
  }

  /** Waits for a result; by any thread but the engine's. */
  static TrialResult await(CompletableFuture<TrialResult> result) {
    try {
      return result.join();
    } catch (CompletionException failed) {
      throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
    }
  }

  private void check(TrialRequest request) {
    Optional<String> problem = Failures.check(request.promptTokens(), request.leastTokens(), model);
    if (problem.isPresent()) {
      throw new InvalidInputException(problem.get());
    }
    request.paths().forEach(path -> checkForced(path.forced()));
    int tokens = request.promptTokens().length + request.mostTokens();
    if (tokens > model.contextLength()) {
      throw InvalidInputException.of(
          "A trial of %d prompt tokens and %d to follow is %d, and the model's context holds %d;"
              + " follow fewer.",
          request.promptTokens().length, request.mostTokens(), tokens, model.contextLength());
    }
  }

  private long checkedBytes(Trial trial) {
    long least = trial.leastBytes();
    if (least > budget.bytes()) {
      throw InvalidInputException.of(
          "A trial beside the full cache takes %d bytes of KV cache and the KV budget is %d; raise"
              + " it, or shorten the row.",
          least, budget.bytes());
    }
    return least;
  }

  private void checkForced(int[] tokens) {
    for (int i = 0; i < tokens.length; i++) {
      if (tokens[i] < 0 || tokens[i] >= model.vocabularySize()) {
        throw InvalidInputException.of(
            "Token %d to follow is %d; the model's vocabulary has ids from 0 to %d.",
            i, tokens[i], model.vocabularySize() - 1);
      }
    }
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Whether the first trial waits for memory: rows that begin now would take it. */
  boolean lacksRoom() {
    Waiting next = waiting.peek();
    return next != null && !budget.allows(next.leastBytes());
  }

  /** Runs the first trial, if there is one and room for it. */
  void runNext(TrialSteps steps) {
    if (isEmpty() || lacksRoom()) {
      return;
    }
    Waiting next = waiting.remove();
    try {
      next.result().complete(next.trial().run(budget.bytes() - kvCache.bytesInUse(), steps));
    } catch (RuntimeException | OutOfMemoryError error) {
      next.result().completeExceptionally(error);
    } catch (Error fatal) {
      // Ends the engine; who waits for this trial must hear of it, since the queue has it no more.
      next.result().completeExceptionally(fatal);
      throw fatal;
    } finally {
      budget.release();
    }
  }

  /** Ends all that wait. */
  void fail(String reason) {
    for (Waiting left = waiting.poll(); left != null; left = waiting.poll()) {
      left.result().completeExceptionally(new IllegalStateException(reason));
    }
  }
}
