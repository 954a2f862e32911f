package org.pyramidspark.executor;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.pyramidspark.completions.Completion;
import org.pyramidspark.engine.FinishReason;
import org.pyramidspark.engine.GenerationResult;
import org.pyramidspark.engine.ResultStream;
import org.pyramidspark.metrics.RowMeasure;
import org.pyramidspark.metrics.RunAccumulator;
import org.pyramidspark.prompts.PromptRow;
import org.pyramidspark.prompts.RowError;

/**
 * The completions of one split in the order in which they finish: one for each row. Each is counted
 * as it is handed out. Used by one thread.
 */
final class CompletionStream implements Iterator<Completion>, AutoCloseable {
  private final RowRequests requests;
  private final LoadedModel model;
  private final ResultStream results;
  private final CompletionMaker maker;
  private final RunAccumulator totals;
  private Optional<PromptRow.Invalid> failed = Optional.empty();

  CompletionStream(
      Iterator<PromptRow> rows, LoadedModel model, RowSettings settings, RunAccumulator totals) {
    this.requests = new RowRequests(rows, model, settings);
    this.model = model;
    this.results = model.engine().generate(requests);
    this.maker = new CompletionMaker(settings, model.reference().sha256());
    this.totals = totals;
  }

  @Override
  public boolean hasNext() {
    if (failed.isEmpty()) {
      failed = requests.nextFailed();
    }
    if (failed.isPresent() || results.hasNext()) {
      return true;
    }
    failed = requests.nextFailed();
    return failed.isPresent();
  }

  @Override
  public Completion next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    if (failed.isPresent()) {
      PromptRow.Invalid row = failed.get();
      failed = Optional.empty();
      return fail(row);
    }
    return finish(results.next());
  }

  private Completion fail(PromptRow.Invalid row) {
    totals.add(RowMeasure.failed(row.error().kind()));
    return maker.failed(row);
  }

  private Completion finish(GenerationResult result) {
    // A closed engine fails all rows: the task must fail, not the rows.
    if (model.isClosed()) {
      throw new IllegalStateException("The engine was shut down while the task was running.");
    }
    RowRequests.Pending pending = requests.finished(result.id());
    if (result.finishReason() == FinishReason.ERROR) {
      return fail(pending.row().failed(RowError.Kind.ENGINE, result.error().orElseThrow()));
    }
    CompletionMaker.Finished finished = maker.finished(pending, result);
    totals.add(finished.measure());
    return finished.completion();
  }

  @Override
  public void close() {
    results.close();
  }
}
