package org.pyramidspark.executor;

import java.util.List;
import org.pyramidspark.engine.TrialRequest;
import org.pyramidspark.engine.TrialResult;
import org.pyramidspark.guard.QualityGuard;
import org.pyramidspark.tokens.EncodedPrompt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tries the rows that a guard samples on the engine, before they are completed. */
final class GuardTrials {
  private static final Logger LOG = LoggerFactory.getLogger(GuardTrials.class);

  private final QualityGuard guard;
  private final LoadedModel model;

  GuardTrials(QualityGuard guard, LoadedModel model) {
    this.guard = guard;
    this.model = model;
  }

  /** What a row is to be completed with; waits for its trial, if it is sampled. */
  QualityGuard.Level begin(String rowId, EncodedPrompt prompt) {
    if (guard.samples(rowId)) {
      QualityGuard.Level tried = guard.level();
      try {
        guard.add(tried, divergence(tried, prompt));
      } catch (RuntimeException failure) {
        // The row itself may do: it needs less memory alone than beside the full cache.
        guard.giveUp();
        LOG.warn("Row {} could not be tried beside the full cache", rowId, failure);
      }
    }
    return guard.begin();
  }

  private double divergence(QualityGuard.Level tried, EncodedPrompt prompt) {
    int room = model.contextLength() - prompt.tokens().length;
    TrialResult result =
        model
            .engine()
            .trial(
                new TrialRequest(
                    prompt.tokens(),
                    prompt.document(),
                    List.of(tried.policy()),
                    List.of(TrialRequest.Path.greedy(Math.min(guard.tokens(), room)))));
    return result.policies().getFirst().paths().getFirst().meanDivergence();
  }
}
