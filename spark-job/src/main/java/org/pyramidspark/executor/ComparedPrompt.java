package org.pyramidspark.executor;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.DoublePredicate;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.commit.RowMarks;
import org.pyramidspark.engine.GenerationRequest;
import org.pyramidspark.guard.GuardSettings;
import org.pyramidspark.guard.QualityGuard;
import org.pyramidspark.prompts.PromptRow;
import org.pyramidspark.prompts.SplitRows;

/**
 * A row that is compared.
 *
 * @param row as it was read
 * @param truncated whether text of the prompt was left out
 * @param request to complete it with the full cache
 */
record ComparedPrompt(PromptRow.Valid row, boolean truncated, GenerationRequest request) {

  /**
   * Reads a whole split.
   *
   * @param traced says by a row's hash whether it is to be traced
   */
  static Queue<ComparedPrompt> read(
      SplitRows rows,
      LoadedModel model,
      RowSettings settings,
      DoublePredicate traced,
      Consumer<PromptRow.Invalid> failed) {
    RowRequests requests =
        new RowRequests(
            rows,
            model,
            settings,
            new QualityGuard(GuardSettings.OFF, settings.policy()),
            traced,
            RowMarks.none());
    Queue<ComparedPrompt> prompts = new ArrayDeque<>();
    Optional<PromptRow.Invalid> bad;
    do {
      while (requests.hasNext()) {
        GenerationRequest request = requests.next();
        RowRequests.Pending pending = requests.finished(request.id());
        prompts.add(new ComparedPrompt(pending.row(), pending.prompt().truncated(), request));
      }
      bad = requests.nextFailed().map(RowRequests.Failed::row);
      bad.ifPresent(failed);
    } while (bad.isPresent());
    return prompts;
  }

  /** The request under another policy. */
  GenerationRequest under(CachePolicy policy) {
    return under(policy, request.maxNewTokens());
  }

  GenerationRequest under(CachePolicy policy, int maxNewTokens) {
    return new GenerationRequest(
            request.id(),
            request.promptTokens(),
            request.document(),
            policy,
            request.sampling(),
            maxNewTokens,
            request.stop(),
            request.ignoreEos())
        .withTraced(request.traced());
  }
}
