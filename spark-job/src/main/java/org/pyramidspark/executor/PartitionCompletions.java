package org.pyramidspark.executor;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
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
 * @param <R> a row; whoever reads rows must hand out a new object for each
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

  /** As {@link #of(RowWork, ShownRows, RowMarks, Iterator, Function)}; no report shows its rows. */
  public static <R> PartitionCompletions<R> of(
      RowWork work, Iterator<R> rows, Function<R, PromptRow> prompts) throws InterruptedException {
    return of(work, new ShownRows(RowSample.NONE), RowMarks.none(), rows, prompts);
  }

  /**
   * Begins; to be called by the task that asks for the completions.
   *
   * @param work what is done with each row
   * @param shown takes the rows that the report shows
   * @param marks what is known of earlier attempts
   * @param rows to be completed
   * @param prompts the prompt of a row, valid or not
   * @throws org.pyramidspark.errors.InvalidInputException if the model cannot be loaded here, or
   *     another is in use by this task
   */
  public static <R> PartitionCompletions<R> of(
      RowWork work,
      ShownRows shown,
      RowMarks marks,
      Iterator<R> rows,
      Function<R, PromptRow> prompts)
      throws InterruptedException {
    ExecutorEngine.Lease lease = TaskScope.lease(work.model(), work.engine(), marks);
    // Spark calls these in reverse order, however the task ends.
    TaskScope.atEnd(lease::close);
    Map<Long, R> unfinished = new HashMap<>();
    Reader<R> reader = new Reader<>(rows, prompts, unfinished);
    CompletionStream stream = stream(work, shown, marks, lease.model(), reader);
    TaskScope.atEnd(stream::close);
    work.totals().watch(() -> stream.work(() -> reader.numRead));
    Runnable count = count(work.totals(), lease.model());
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
    private final Iterator<R> rows;
    private final Function<R, PromptRow> prompts;
    private final Map<Long, R> unfinished;
    private volatile long numRead;

    Reader(Iterator<R> rows, Function<R, PromptRow> prompts, Map<Long, R> unfinished) {
      this.rows = rows;
      this.prompts = prompts;
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
      return prompts.apply(row);
    }
  }
}
