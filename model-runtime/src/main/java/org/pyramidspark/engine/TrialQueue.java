package org.pyramidspark.engine;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.pyramidspark.cache.KvCache;
import org.pyramidspark.cache.SequenceCache;
import org.pyramidspark.config.ModelConfig;
import org.pyramidspark.errors.InvalidInputException;

/**
 * Trials that wait for the engine's thread, which runs one at a time when there is room for it.
 * Trials of rows go on from the prompts that the rows have computed.
 */
final class TrialQueue {
  private final ModelConfig model;
  private final KvCache kvCache;
  private final KvBudget budget;
  private final Queue<WaitingTrial> waiting = new ConcurrentLinkedQueue<>();

  TrialQueue(ModelConfig model, KvCache kvCache, KvBudget budget) {
    this.model = model;
    this.kvCache = kvCache;
    this.budget = budget;
  }

  /** Adds a trial, whose result comes some time. */
  CompletableFuture<TrialResult> add(TrialRequest request) {
    WaitingTrial trial = checked(request, () -> true);
    waiting.add(trial);
    return trial.result();
  }

  /** The trial of a row that is to run, if there is to be one and it is possible. */
  Optional<SequenceTrial> of(Submission row) {
    return row.request().trial().flatMap(listener -> of(row, listener));
  }

  private Optional<SequenceTrial> of(Submission row, RowTrial listener) {
    GenerationRequest request = row.request();
    TrialRequest.Path path = TrialRequest.Path.greedy(listener.numTokens());
    try {
      WaitingTrial trial =
          checked(
              new TrialRequest(
                  request.promptTokens(),
                  request.document(),
                  List.of(request.policy()),
                  List.of(path)),
              () -> listener.isWanted() && !row.abandoned().getAsBoolean());
      return Optional.of(new SequenceTrial(this, trial, listener));
    } catch (InvalidInputException refused) {
      listener.fail(refused.getMessage());
      return Optional.empty();
    }
  }

  /**
   * Adds a row's trial, with a copy of the row's cache where there is room for the whole trial.
   *
   * @param cache the row's after its prompt
   * @param logits of the first token
   * @param rowBytes bytes of KV cache that rows are still to take in this step
   */
  void addForked(WaitingTrial trial, SequenceCache cache, MemorySegment logits, long rowBytes) {
    if (trial.isUnwanted()) {
      trial.drop();
      return;
    }
    if (budget.allows(trial.leastBytes() + rowBytes)) {
      NextToken next = new NextToken(model.vocabularySize());
      next.set(logits);
      PromptFork fork = new PromptFork(kvCache.copyOf(cache), next);
      budget.keepSpare(fork);
      trial.startFrom(fork);
    }
    waiting.add(trial);
  }

  private WaitingTrial checked(TrialRequest request, BooleanSupplier wanted) {
    check(request);
    Trial trial = new Trial(model, kvCache, request);
    return new WaitingTrial(trial, checkedBytes(trial), wanted);
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
    WaitingTrial next = waiting.peek();
    return next != null && !budget.allows(next.bytesToCome());
  }

  /** Runs the first trial that is still wanted, if there is one and room for it. */
  void runNext(TrialSteps steps) {
    removeUnwanted();
    WaitingTrial next = waiting.peek();
    if (next == null || !budget.makesRoom(next::bytesToCome)) {
      return;
    }
    take(next);
    try {
      next.run(budget.bytes() - kvCache.bytesInUse(), steps);
    } finally {
      budget.release();
    }
  }

  private void removeUnwanted() {
    for (WaitingTrial next = waiting.peek();
        next != null && next.isUnwanted();
        next = waiting.peek()) {
      take(next);
      next.drop();
    }
  }

  private void take(WaitingTrial trial) {
    waiting.remove(trial);
    trial.fork().ifPresent(budget::removeSpare);
  }

  /** Ends all that wait. */
  void fail(String reason) {
    waiting.forEach(
        trial -> trial.result().completeExceptionally(new IllegalStateException(reason)));
  }
}
