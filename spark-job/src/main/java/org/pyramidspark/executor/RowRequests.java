package org.pyramidspark.executor;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoublePredicate;
import java.util.function.Function;
import org.pyramidspark.cache.NamedPolicy;
import org.pyramidspark.commit.RowMarks;
import org.pyramidspark.engine.GenerationRequest;
import org.pyramidspark.engine.RetryStep;
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

  private static final String KILLS =
      "The executor's process died while this row was completed beside others, and another one while"
          + " it was alone; look for the reason in the logs of the executors.";

  /**
   * A row that the engine works on.
   *
   * @param number of the row among those that were read, from 0
   * @param level what it is completed with
   * @param trial of the row, if the guard has sampled it
   * @param suspected whether it runs alone since a JVM has died while it ran
   */
  record Pending(
      long number,
      PromptRow.Valid row,
      EncodedPrompt prompt,
      QualityGuard.Level level,
      Optional<TriedRow> trial,
      boolean suspected) {}

  /**
   * A row that never reached the engine.
   *
   * @param number of the row among those that were read, from 0
   */
  record Failed(long number, PromptRow.Invalid row) {

    /** A row that is quarantined has run alone. */
    Set<RetryStep> retries() {
      return row.error().kind() == RowError.Kind.QUARANTINED ? Set.of(RetryStep.ALONE) : Set.of();
    }
  }

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
  private final QualityGuard guard;
  private final DoublePredicate traced;
  private final RowMarks marks;
  private final Map<String, Pending> pending = new HashMap<>();
  private final Deque<Failed> failed = new ArrayDeque<>();
  private long numRead;
  private volatile Requested requested = new Requested(0, 0, 0);
  private Optional<GenerationRequest> ready = Optional.empty();

  /**
   * @param guard says what each row is completed with
   * @param traced says by a row's rank whether it is to be traced
   * @param marks says which rows are to run alone, or not at all
   */
  RowRequests(
      Iterator<PromptRow> rows,
      LoadedModel model,
      RowSettings settings,
      QualityGuard guard,
      DoublePredicate traced,
      RowMarks marks) {
    this.rows = rows;
    this.model = model;
    this.settings = settings;
    this.guard = guard;
    this.traced = traced;
    this.marks = marks;
  }

  @Override
  public boolean hasNext() {
    while (ready.isEmpty()
        && failed.size() < MAX_FAILED_AHEAD
        && marks.admits(numRead)
        && rows.hasNext()) {
      marks.begin(numRead);
      switch (rows.next()) {
        case PromptRow.Invalid invalid -> fail(invalid);
        case PromptRow.Valid poison when marks.isQuarantined(numRead) ->
            fail(poison.failed(RowError.Kind.QUARANTINED, KILLS));
        case PromptRow.Valid valid -> prepare(valid);
      }
      numRead++;
    }
    return ready.isPresent();
  }

  private void prepare(PromptRow.Valid row) {
    int maxNewTokens = row.maxNewTokens().orElse(settings.maxNewTokens());
    int room = model.contextLength() - maxNewTokens;
    if (room < 1) {
      fail(
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
      ready = Optional.of(request(begin(row, prompt, maxNewTokens), maxNewTokens));
    } catch (InvalidInputException problem) {
      fail(row.failed(RowError.Kind.TOO_LONG, problem.getMessage()));
    }
  }

  private void fail(PromptRow.Invalid row) {
    failed.add(new Failed(numRead, row));
    marks.end(numRead);
  }

  private Pending begin(PromptRow.Valid row, EncodedPrompt prompt, int maxNewTokens) {
    try {
      QualityGuard.Begun begun = guard.begin(row.id());
      return new Pending(
          numRead,
          row,
          prompt,
          begun.level(),
          begun.tried()
              ? Optional.of(trial(row.id(), begun.level(), maxNewTokens))
              : Optional.empty(),
          marks.isSuspected(numRead));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while the guard tries rows.", interrupted);
    }
  }

  /** Two caches are followed for half of the row's tokens: no more than one for all of them. */
  private TriedRow trial(String rowId, QualityGuard.Level level, int maxNewTokens) {
    int tokens = Math.min(guard.settings().tokens(), (maxNewTokens + 1) / 2);
    return new TriedRow(guard, level, rowId, tokens);
  }

  private GenerationRequest request(Pending begun, int maxNewTokens) {
    EncodedPrompt prompt = begun.prompt();
    String rowId = begun.row().id();
    // Ids of the corpus may repeat, the engine's must not.
    String number = Long.toString(requested.rows());
    pending.put(number, begun);
    requested =
        new Requested(
            requested.rows() + 1,
            requested.promptTokens() + prompt.tokens().length,
            requested.newTokens() + maxNewTokens);
    return new GenerationRequest(
            number,
            prompt.tokens(),
            prompt.document(),
            begun.level().policy(),
            settings.sampling(rowId),
            maxNewTokens,
            settings.stop(),
            settings.ignoreEos())
        .withTraced(traced.test(settings.rank(rowId, begun.trial().isPresent())))
        .withTimeout(settings.timeoutNanos())
        .withFallback(Optional.ofNullable(settings.fallback()).map(NamedPolicy::policy))
        .withTrial(begun.trial().map(Function.identity()));
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

  /** What the engine was asked for so far; for any thread. */
  Requested requested() {
    return requested;
  }

  /** The row of a request that has finished. */
  Pending finished(String requestId) {
    Pending row = pending.remove(requestId);
    marks.end(row.number());
    return row;
  }

  /** Takes a row that never reached the engine, if there is one. */
  Optional<Failed> nextFailed() {
    return Optional.ofNullable(failed.poll());
  }
}
