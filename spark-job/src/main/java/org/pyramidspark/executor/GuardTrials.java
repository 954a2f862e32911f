package org.pyramidspark.executor;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.pyramidspark.engine.TrialRequest;
import org.pyramidspark.engine.TrialResult;
import org.pyramidspark.guard.Estimate;
import org.pyramidspark.guard.GuardDecision;
import org.pyramidspark.guard.QualityGuard;
import org.pyramidspark.tokens.EncodedPrompt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Tries the rows that a guard samples on the engine, while they are completed. Used by one thread.
 */
final class GuardTrials {
  private static final Logger LOG = LoggerFactory.getLogger(GuardTrials.class);

  private final QualityGuard guard;
  private final LoadedModel model;
  private CompletableFuture<?> last = CompletableFuture.completedFuture(null);

  GuardTrials(QualityGuard guard, LoadedModel model) {
    this.guard = guard;
    this.model = model;
  }

  /** What a row is to be completed with; if it is sampled, its trial starts. */
  QualityGuard.Level begin(String rowId, EncodedPrompt prompt) {
    QualityGuard.Begun row = begin(rowId);
    if (row.tried()) {
      start(rowId, prompt, row.level());
    }
    return row.level();
  }

  private QualityGuard.Begun begin(String rowId) {
    try {
      return guard.begin(rowId);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while the guard tries rows.", interrupted);
    }
  }

  private void start(String rowId, EncodedPrompt prompt, QualityGuard.Level level) {
    try {
      last =
          model
              .engine()
              .startTrial(request(prompt, level))
              .handle((result, failure) -> end(rowId, level, result, failure));
    } catch (RuntimeException refused) {
      giveUp(rowId, level, refused.getMessage());
    }
  }

  private TrialRequest request(EncodedPrompt prompt, QualityGuard.Level level) {
    int room = model.contextLength() - prompt.tokens().length;
    int tokens = Math.min(guard.settings().tokens(), room);
    return new TrialRequest(
        prompt.tokens(),
        prompt.document(),
        List.of(level.policy()),
        List.of(TrialRequest.Path.greedy(tokens)));
  }

  private Void end(String rowId, QualityGuard.Level level, TrialResult result, Throwable failure) {
    if (failure != null) {
      giveUp(rowId, level, failure.toString());
    } else {
      add(rowId, level, result.policies().getFirst().paths().getFirst().meanDivergence());
    }
    return null;
  }

  private void add(String rowId, QualityGuard.Level level, double divergence) {
    if (Double.isFinite(divergence)) {
      guard.add(level, rowId, divergence).ifPresent(this::tell);
    } else {
      giveUp(rowId, level, "its divergence is " + divergence);
    }
  }

  /** Waits until all trials are over: the engine runs them one after another. */
  void await() {
    last.join();
  }

  /** The row itself may do: it needs less memory alone than beside the full cache. */
  private void giveUp(String rowId, QualityGuard.Level level, String reason) {
    boolean first = guard.giveUp(level);
    LOG.atLevel(first ? Level.WARN : Level.DEBUG)
        .log("Row {} could not be tried beside the full cache: {}", rowId, reason);
  }

  private void tell(GuardDecision decision) {
    Estimate loss = decision.loss();
    LOG.warn(
        "The guard relaxes compression for the rows after the first {}: the loss is {} over {} tried"
            + " rows, and the limit is {}",
        decision.afterRows(),
        loss,
        loss.rows(),
        guard.settings().limit());
  }
}
