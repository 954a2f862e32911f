package org.pyramidspark.executor;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.pyramidspark.commit.RowMarks;
import org.pyramidspark.completions.Completion;
import org.pyramidspark.guard.QualityGuard;
import org.pyramidspark.metrics.EngineReading;
import org.pyramidspark.metrics.RowSample;
import org.pyramidspark.metrics.RunAccumulator;
import org.pyramidspark.metrics.ShownRows;
import org.pyramidspark.prompts.PromptRow;

/**
 * The rows of a task's partition, each with its completion, in the order in which they finish. Rows
 * are read as the engine asks for them, and no more are held than it works on. The task's end frees
 * the engine, also if not all rows were asked for. Used by one thread at a time.
 *
 * @param <R> a row
 */
public final class PartitionCompletions<R> implements Iterator<PartitionCompletions.Completed<R>> {
  private final Map<Long, R> unfinished;
  private final CompletionStream stream;
  private final Runnable count;

  /** A row and its completion. */
  public record Completed<R>(R row, Completion completion) {}

  private PartitionCompletions(Map<Long, R> unfinished, CompletionStream stream, Runnable count) {
    this.unfinished = unfinished;
    this.stream = stream;
    this.count = count;
  }

  /**
   * Begins; to be called by the task that asks for the completions. No report shows its rows.
   *
   * @param work what is done with each row
   * @param rows to be completed
   * @throws org.pyramidspark.errors.InvalidInputException if the model cannot be loaded here, or
   *     another is in use by this task
   */
  public static <R> PartitionCompletions<R> of(RowWork work, TaskRows<R> rows)
      throws InterruptedException {
    ExecutorEngine.Lease lease = TaskScope.lease(work.model(), work.engine());
    TaskScope.atEnd(lease::close);
    return on(lease.model(), work, new ShownRows(RowSample.NONE), RowMarks.none(), rows);
  }

  /**
   * As {@link #of}, on a model that the task has leased.
   *
   * @param shown takes the rows that the report shows
   * @param marks what is known of earlier attempts
   */
  static <R> PartitionCompletions<R> on(
      LoadedModel model, RowWork work, ShownRows shown, RowMarks marks, TaskRows<R> rows) {
    Map<Long, R> unfinished = new HashMap<>();
    CompletionStream stream = stream(work, shown, marks, model, new Reader<>(rows, unfinished));
    // Spark calls these in reverse order, however the task ends.
    TaskScope.atEnd(stream::close);
    work.totals().watch(() -> stream.work(rows::read));
    Runnable count = count(work.totals(), model);
    TaskScope.atEnd(count);
    return new PartitionCompletions<>(unfinished, stream, count);
  }

  private static CompletionStream stream(
      RowWork work,
      ShownRows shown,
      RowMarks marks,
      LoadedModel model,
      Iterator<PromptRow> prompts) {
    RunAccumulator totals = work.totals();
    QualityGuard guard = model.guard(totals.id(), work.rows());
    totals.watchLoad(model.name(), model::load);
    if (work.rows().guard().isOn()) {
      totals.watch(model.name(), guard::reading);
    }
    return new CompletionStream(prompts, model, work.rows(), guard, totals, shown, marks);
  }

  /** Adds what the engine has done since, the first time it is run. */
  private static Runnable count(RunAccumulator totals, LoadedModel model) {
    EngineReading.Counters start = model.counters();
    AtomicBoolean counted = new AtomicBoolean();
    return () -> {
      if (!counted.getAndSet(true)) {
        totals.add(model.readingSince(start));
        totals.endWatch();
      }
    };
  }

  /** Counts the engine's work now rather than at the task's end; for whoever has taken all rows. */
  public void finish() {
    count.run();
  }

  @Override
  public boolean hasNext() {
    return stream.hasNext();
  }

  @Override
  public Completed<R> next() {
    CompletedRow next = stream.next();
    return new Completed<>(unfinished.remove(next.number()), next.completion());
  }

  /** Remembers the rows whose prompts it hands out. */
  private static final class Reader<R> implements Iterator<PromptRow> {
    private final TaskRows<R> rows;
    private final Map<Long, R> unfinished;
    private long numRead;

    Reader(TaskRows<R> rows, Map<Long, R> unfinished) {
      this.rows = rows;
      this.unfinished = unfinished;
    }

    @Override
    public boolean hasNext() {
      return rows.hasNext();
    }

    @Override
    public PromptRow next() {
      R row = rows.next();
      unfinished.put(numRead++, row);
      return rows.prompt(row);
    }
  }
}
