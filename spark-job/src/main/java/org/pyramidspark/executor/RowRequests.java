package org.pyramidspark.executor;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.DoublePredicate;
import org.pyramidspark.engine.GenerationRequest;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.guard.QualityGuard;
import org.pyramidspark.prompts.PromptRow;
import org.pyramidspark.prompts.RowError;
import org.pyramidspark.tokens.EncodedPrompt;

/**
 * Turns a split's rows into requests as the engine asks for them, and remembers the rows until
 * their results come. Used by one thread, but for {@link #requested}.
 *
 * <p>Rows that cannot be completed never reach the engine; they queue up in {@link #nextFailed}.
 * Once too many do, {@link #hasNext} says false for the moment, so that a split full of them does
 * not fill the memory; it is to be asked again after these were taken.
 */
final class RowRequests implements Iterator<GenerationRequest> {
  private static final int MAX_FAILED_AHEAD = 64;

  /** A row that the engine works on. */
  record Pending(PromptRow.Valid row, EncodedPrompt prompt, QualityGuard.Level level) {}

  /**
   * What the engine was asked for so far.
   *
   * @param rows given to it
   * @param promptTokens of these rows
   * @param newTokens the most that they may generate
   */
  record Requested(long rows, long promptTokens, long newTokens) {}

  private final Iterator<PromptRow> rows;
  private final LoadedModel model;
  private final RowSettings settings;
  private final GuardTrials guard;
  private final DoublePredicate traced;
  private final Map<String, Pending> pending = new HashMap<>();
  private final Deque<PromptRow.Invalid> failed = new ArrayDeque<>();
  private volatile Requested requested = new Requested(0, 0, 0);
  private Optional<GenerationRequest> ready = Optional.empty();

  /**
   * @param guard says what each row is completed with
   * @param traced says by a row's hash whether it is to be traced
   */
  RowRequests(
      Iterator<PromptRow> rows,
      LoadedModel model,
      RowSettings settings,
      QualityGuard guard,
      DoublePredicate traced) {
    this.rows = rows;
    this.model = model;
    this.settings = settings;
    this.guard = new GuardTrials(guard, model);
    this.traced = traced;
  }

  @Override
  public boolean hasNext() {
    while (ready.isEmpty() && failed.size() < MAX_FAILED_AHEAD && rows.hasNext()) {
      switch (rows.next()) {
        case PromptRow.Invalid invalid -> failed.add(invalid);
        case PromptRow.Valid valid -> prepare(valid);
      }
    }
    return ready.isPresent();
  }

  private void prepare(PromptRow.Valid row) {
    int maxNewTokens = row.maxNewTokens().orElse(settings.maxNewTokens());
    int room = model.contextLength() - maxNewTokens;
    if (room < 1) {
      failed.add(
          row.failed(
              RowError.Kind.TOO_LONG,
              "%d new tokens leave no room for a prompt in the model's context of %d; allow fewer."
                  .formatted(maxNewTokens, model.contextLength())));
      return;
    }
    try {
      EncodedPrompt prompt =
          model
              .encoder()
              .encode(
                  row.prompt(),
                  Math.min(room, settings.prompts().maxTokens()),
                  settings.prompts().truncation());
      ready = Optional.of(request(row, prompt, maxNewTokens, guard.begin(row.id(), prompt)));
    } catch (InvalidInputException problem) {
      failed.add(row.failed(RowError.Kind.TOO_LONG, problem.getMessage()));
    }
  }

  private GenerationRequest request(
      PromptRow.Valid row, EncodedPrompt prompt, int maxNewTokens, QualityGuard.Level level) {
    // Ids of the corpus may repeat, the engine's must not.
    String number = Long.toString(requested.rows());
    pending.put(number, new Pending(row, prompt, level));
    requested =
        new Requested(
            requested.rows() + 1,
            requested.promptTokens() + prompt.tokens().length,
            requested.newTokens() + maxNewTokens);
    return new GenerationRequest(
            number,
            prompt.tokens(),
            prompt.document(),
            level.policy(),
            settings.sampling(row.id()),
            maxNewTokens,
            settings.stop(),
            settings.ignoreEos())
        .withTraced(traced.test(settings.hash(row.id())));
  }

  @Override
  public GenerationRequest next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    GenerationRequest request = ready.orElseThrow();
    ready = Optional.empty();
    return request;
  }

  /** Waits until all rows that the guard samples were tried. */
  void awaitTrials() {
    guard.await();
  }

  /** What the engine was asked for so far; for any thread. */
  Requested requested() {
    return requested;
  }

  /** The row of a request that has finished. */
  Pending finished(String requestId) {
    return pending.remove(requestId);
  }

  /** Takes a row that never reached the engine, if there is one. */
  Optional<PromptRow.Invalid> nextFailed() {
    return Optional.ofNullable(failed.poll());
  }
}
