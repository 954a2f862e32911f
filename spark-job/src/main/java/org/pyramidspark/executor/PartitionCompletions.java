package org.pyramidspark.executor;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
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

  /** A row and its completion. */
  public record Completed<R>(R row, Completion completion) {}

  private PartitionCompletions(Map<Long, R> unfinished, CompletionStream stream) {
    this.unfinished = unfinished;
    this.stream = stream;
  }

  /**
   * Begins; to be called by the task that asks for the completions.
   *
   * @param work what is done with each row
   * @param rows to be completed
   * @param prompts the prompt of a row, valid or not
   * @throws org.pyramidspark.errors.InvalidInputException if the model cannot be loaded here, or
   *     another is in use by this task
   */
  public static <R> PartitionCompletions<R> of(
      RowWork work, Iterator<R> rows, Function<R, PromptRow> prompts) throws InterruptedException {
    ExecutorEngine.Lease lease = TaskScope.lease(work.model(), work.engine());
    // Spark calls these in reverse order, however the task ends.
    TaskScope.atEnd(lease::close);
    Map<Long, R> unfinished = new HashMap<>();
    CompletionStream stream = stream(work, lease.model(), new Reader<>(rows, prompts, unfinished));
    TaskScope.atEnd(stream::close);
    count(work.totals(), lease.model(), stream);
    return new PartitionCompletions<>(unfinished, stream);
  }

  private static CompletionStream stream(
      RowWork work, LoadedModel model, Iterator<PromptRow> prompts) {
    RunAccumulator totals = work.totals();
    QualityGuard guard = model.guard(totals.id(), work.rows());
    if (work.rows().guard().isOn()) {
      totals.watch(model.name(), guard::reading);
    }
    return new CompletionStream(
        prompts, model, work.rows(), guard, totals, new ShownRows(RowSample.NONE), RowMarks.none());
  }

  private static void count(RunAccumulator totals, LoadedModel model, CompletionStream stream) {
    totals.watch(() -> stream.work(() -> 0));
    EngineReading.Counters start = model.counters();
    TaskScope.atEnd(
        () -> {
          totals.add(model.readingSince(start));
          totals.endWatch();
        });
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
    private long numRead;

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
