package org.pyramidspark.executor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.pyramidspark.cache.NamedPolicy;
import org.pyramidspark.comparison.ComparedRow;
import org.pyramidspark.engine.GenerationResult;
import org.pyramidspark.engine.TrialResult;
import org.pyramidspark.engine.TrialResult.PathOutcome;
import org.pyramidspark.engine.TrialResult.PolicyTrial;
import org.pyramidspark.quality.Rouge;
import org.pyramidspark.quality.RougeScores;

/** Makes the lines of a row of completions and a trial. Used by one thread. */
final class ComparedRowMaker {
  private final ComparisonSettings settings;
  private final Rouge rouge = new Rouge();

  ComparedRowMaker(ComparisonSettings settings) {
    this.settings = settings;
  }

  /**
   * A line for each policy.
   *
   * @param results in the order of the policies, none of them an error
   */
  List<ComparedRow> lines(
      ComparedPrompt prompt, List<GenerationResult> results, TrialResult trial) {
    List<ComparedRow> lines = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      PolicyTrial outcome = i == 0 ? trial.full() : trial.policies().get(i - 1);
      Optional<String> fullText =
          i == 0 ? Optional.empty() : Optional.of(results.getFirst().text());
      lines.add(
          line(
              prompt, settings.policies().get(i), results.get(i), outcome, trial.full(), fullText));
    }
    return lines;
  }

  private ComparedRow line(
      ComparedPrompt prompt,
      NamedPolicy policy,
      GenerationResult result,
      PolicyTrial trial,
      PolicyTrial full,
      Optional<String> fullText) {
    return new ComparedRow(
        prompt.row().id(),
        policy.name(),
        policy.policy().settings(),
        result.text(),
        result.finishReason().label(),
        null,
        result.promptTokens(),
        result.generatedTokens(),
        prompt.truncated(),
        new ComparedRow.Kv(trial.keptKvFraction(), trial.computedFraction(), trial.kvBytes()),
        divergence(trial.paths().getFirst()),
        likelihood(trial, full),
        prompt.row().reference().map(text -> score(result.text(), text)).orElse(null),
        fullText.map(text -> score(result.text(), text)).orElse(null));
  }

  private static ComparedRow.Divergence divergence(PathOutcome own) {
    return new ComparedRow.Divergence(
        own.tokens().length,
        own.meanDivergence(),
        Arrays.stream(own.divergence()).max().orElse(0),
        own.agreement());
  }

  /** Null without a path along the reference. */
  private static ComparedRow.Likelihood likelihood(PolicyTrial trial, PolicyTrial full) {
    if (trial.paths().size() < 2) {
      return null;
    }
    PathOutcome along = trial.paths().get(1);
    return new ComparedRow.Likelihood(
        along.tokens().length, along.meanSurprise(), full.paths().get(1).meanSurprise());
  }

  private ComparedRow.Rouge score(String text, String expected) {
    RougeScores scores = rouge.score(text, expected);
    return new ComparedRow.Rouge(scores.rouge1().f1(), scores.rouge2().f1(), scores.rougeL().f1());
  }
}
