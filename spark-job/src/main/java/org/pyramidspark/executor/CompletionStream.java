package org.pyramidspark.executor;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.apache.spark.SparkEnv;
import org.pyramidspark.commit.RowMarks;
import org.pyramidspark.engine.ComputedTokens;
import org.pyramidspark.engine.FinishReason;
import org.pyramidspark.engine.GenerationResult;
import org.pyramidspark.engine.ResultStream;
import org.pyramidspark.engine.RetryStep;
import org.pyramidspark.guard.QualityGuard;
import org.pyramidspark.metrics.ErrorRow;
import org.pyramidspark.metrics.ExampleRow;
import org.pyramidspark.metrics.ExampleRow.NamedText;
import org.pyramidspark.metrics.RowMeasure;
import org.pyramidspark.metrics.RunAccumulator;
import org.pyramidspark.metrics.ShownRows;
import org.pyramidspark.metrics.TaskWork;
import org.pyramidspark.monitoring.EngineSource;
import org.pyramidspark.monitoring.LogIds;
import org.pyramidspark.prompts.PromptRow;
import org.pyramidspark.prompts.RowError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The completions of one task's rows in the order in which they finish: one for each row. Each is
 * counted as it is handed out. Used by one thread, but for {@link #work}.
 */
final class CompletionStream implements Iterator<CompletedRow>, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CompletionStream.class);

  /** Tokens shown of a long prompt. */
  private static final int SHOWN_TOKENS = 2000;

  private final RowRequests requests;
  private final LoadedModel model;
  private final ResultStream results;
  private final CompletionMaker maker;
  private final ExampleMaker examples;
  private final RowSettings settings;
  private final RunAccumulator totals;
  private final EngineSource source;
  private final ShownRows shown;
  private Optional<RowRequests.Failed> failed = Optional.empty();

  /**
   * @param totals counts rows
   * @param shown takes the rows that the report shows
   * @param marks says which rows are to run alone, or not at all
   */
  CompletionStream(
      Iterator<PromptRow> rows,
      LoadedModel model,
      RowSettings settings,
      QualityGuard guard,
      RunAccumulator totals,
      ShownRows shown,
      RowMarks marks) {
    this.requests = new RowRequests(rows, model, settings, guard, shown::wants, marks);
    this.model = model;
    this.results = model.engine().generate(requests);
    this.maker = new CompletionMaker(settings, model.reference().sha256());
    this.examples = new ExampleMaker(model.tokenizer(), SHOWN_TOKENS);
    this.settings = settings;
    this.totals = totals;
    this.source = EngineSource.of(SparkEnv.get());
    source.watch(model.engine()::metrics, model.engine().kvBudget());
    this.shown = shown;
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
  public CompletedRow next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    if (failed.isPresent()) {
      RowRequests.Failed next = failed.get();
      failed = Optional.empty();
      return fail(next.number(), next.row(), next.retries());
    }
    return finish(results.next());
  }

  private CompletedRow fail(long number, PromptRow.Invalid row, Set<RetryStep> retries) {
    count(RowMeasure.failed(row.error().kind(), retries));
    try (LogIds.Scope scope = LogIds.row(row.id())) {
      LOG.info("The row is an error row: {}", row.error().kind());
    }
    shown.add(new ErrorRow(row.id(), row.error().kind(), row.error().message()));
    return new CompletedRow(number, maker.failed(row, retries));
  }

  private CompletedRow finish(GenerationResult result) {
    model.checkOpen();
    RowRequests.Pending pending = requests.finished(result.id());
    if (result.finishReason() == FinishReason.ERROR) {
      return fail(
          pending.number(),
          pending.row().failed(RowError.Kind.ENGINE, result.error().orElseThrow()),
          CompletionMaker.retries(pending, result));
    }
    CompletionMaker.Finished finished = maker.finished(pending, result);
    count(finished.measure());
    if (result.keptPrompt().tokenLayers().isPresent()) {
      boolean tried = pending.trial().flatMap(TriedRow::fullTokens).isPresent();
      shown.add(settings.rank(pending.row().id(), tried), example(pending, result));
    }
    return new CompletedRow(pending.number(), finished.completion());
  }

  private void count(RowMeasure measure) {
    totals.add(measure);
    source.add(measure);
  }

  private ExampleRow example(RowRequests.Pending pending, GenerationResult result) {
    Optional<NamedText> fullCache =
        pending
            .trial()
            .flatMap(TriedRow::fullTokens)
            .map(tokens -> examples.fullCache(tokens, settings.ignoreEos()));
    List<NamedText> texts =
        Stream.of(
                Optional.of(ExampleMaker.completion(result)),
                fullCache,
                ExampleMaker.reference(pending.row()))
            .flatMap(Optional::stream)
            .toList();
    return examples.example(pending.row(), pending.prompt().tokens(), result, texts);
  }

  /**
   * How far it is, rows that are not finished included; for any thread.
   *
   * @param readBytes bytes of text of the rows that were read
   */
  TaskWork work(LongSupplier readBytes) {
    // In this order: what is computed was requested, and what is requested was read.
    ComputedTokens computed = results.computed();
    RowRequests.Requested requested = requests.requested();
    return new TaskWork(
        readBytes.getAsLong(),
        requested.rows(),
        requested.promptTokens(),
        requested.newTokens(),
        computed.prompts(),
        computed.promptTokens(),
        computed.newTokens());
  }

  @Override
  public void close() {
    results.close();
  }
}
