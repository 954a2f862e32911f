package org.pyramidspark.executor;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.completions.Completion;
import org.pyramidspark.engine.FinishReason;
import org.pyramidspark.engine.GenerationResult;
import org.pyramidspark.engine.RetryStep;
import org.pyramidspark.metrics.RowMeasure;
import org.pyramidspark.prompts.PromptRow;
import org.pyramidspark.quality.Rouge;
import org.pyramidspark.quality.RougeScores;
import org.pyramidspark.quality.Score;

/** Makes output rows of the engine's results, and scores them. Used by one thread. */
final class CompletionMaker {
  private static final double NANOS_PER_MILLI = 1e6;

  private final RowSettings settings;
  private final String modelSha256;
  private final Rouge rouge = new Rouge();

  /** An output row and what it adds to the totals. */
  record Finished(Completion completion, RowMeasure measure) {}

  CompletionMaker(RowSettings settings, String modelSha256) {
    this.settings = settings;
    this.modelSha256 = modelSha256;
  }

  /** What was tried again with a row, by the engine or since its JVM had died. */
  static Set<RetryStep> retries(RowRequests.Pending pending, GenerationResult result) {
    Set<RetryStep> retries = EnumSet.noneOf(RetryStep.class);
    retries.addAll(result.retries());
    if (pending.suspected()) {
      retries.add(RetryStep.ALONE);
    }
    return retries;
  }

  private static String shown(Set<RetryStep> retries) {
    return retries.isEmpty()
        ? null
        : retries.stream().sorted().map(RetryStep::label).collect(Collectors.joining(", "));
  }

  Completion failed(PromptRow.Invalid row, Set<RetryStep> retries) {
    return new Completion(
        row.id(),
        "",
        FinishReason.ERROR.label(),
        row.error().message(),
        0,
        0,
        0,
        false,
        0,
        0,
        0,
        0,
        lastTried(retries, settings.policy()).name(),
        0,
        shown(retries),
        settings.seed(row.id()),
        modelSha256,
        row.reference().orElse(null),
        null,
        null,
        null);
  }

  Finished finished(RowRequests.Pending pending, GenerationResult result) {
    Optional<RougeScores> scores =
        pending.row().reference().map(reference -> rouge.score(result.text(), reference));
    return new Finished(completion(pending, result, scores), measure(pending, result, scores));
  }

  private Completion completion(
      RowRequests.Pending pending, GenerationResult result, Optional<RougeScores> scores) {
    PromptRow.Valid row = pending.row();
    return new Completion(
        row.id(),
        result.text(),
        result.finishReason().label(),
        null,
        result.promptTokens(),
        result.sharedPromptTokens(),
        result.generatedTokens(),
        pending.prompt().truncated(),
        result.keptKvFraction(),
        result.peakKvBytes(),
        result.prefillNanos() / NANOS_PER_MILLI,
        result.decodeNanos() / NANOS_PER_MILLI,
        lastTried(result.retries(), pending.level().policy()).name(),
        pending.level().number(),
        shown(retries(pending, result)),
        settings.seed(row.id()),
        modelSha256,
        row.reference().orElse(null),
        scores.map(RougeScores::rouge1).map(Score::f1).orElse(null),
        scores.map(RougeScores::rouge2).map(Score::f1).orElse(null),
        scores.map(RougeScores::rougeL).map(Score::f1).orElse(null));
  }

  /** The policy of a row that began with one, and may have fallen back. */
  private CachePolicy lastTried(Set<RetryStep> retries, CachePolicy first) {
    return retries.contains(RetryStep.COMPRESSED) ? settings.fallback().policy() : first;
  }

  private static RowMeasure measure(
      RowRequests.Pending pending, GenerationResult result, Optional<RougeScores> scores) {
    return new RowMeasure(
        result.finishReason(),
        Optional.empty(),
        result.promptTokens(),
        result.generatedTokens(),
        pending.prompt().truncated(),
        pending.level().number(),
        result.keptKvFraction(),
        result.keptPrompt().layerEntries(),
        result.peakKvBytes(),
        result.fullKvBytes(),
        result.prefillNanos(),
        result.decodeNanos(),
        scores,
        retries(pending, result));
  }
}
