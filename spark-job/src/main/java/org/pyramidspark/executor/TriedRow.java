package org.pyramidspark.executor;

import java.util.Optional;
import org.pyramidspark.engine.RowTrial;
import org.pyramidspark.engine.TrialResult;
import org.pyramidspark.guard.Estimate;
import org.pyramidspark.guard.GuardDecision;
import org.pyramidspark.guard.QualityGuard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A row that a guard has sampled: tells the guard what the row lost. Written by the engine's thread
 * before it hands the row over.
 */
final class TriedRow implements RowTrial {
  private static final Logger LOG = LoggerFactory.getLogger(TriedRow.class);

  private final QualityGuard guard;
  private final QualityGuard.Level level;
  private final String rowId;
  private final int numTokens;
  private volatile Optional<int[]> fullTokens = Optional.empty();

  /**
   * @param level what the row is completed with
   * @param numTokens next tokens that are compared
   */
  TriedRow(QualityGuard guard, QualityGuard.Level level, String rowId, int numTokens) {
    this.guard = guard;
    this.level = level;
    this.rowId = rowId;
    this.numTokens = numTokens;
  }

  /** The full cache's greedy tokens, as many as were compared; known once the row is completed. */
  Optional<int[]> fullTokens() {
    return fullTokens;
  }

  @Override
  public int numTokens() {
    return numTokens;
  }

  @Override
  public boolean isWanted() {
    return guard.level().number() == level.number();
  }

  @Override
  public void end(TrialResult result) {
    double divergence = result.policies().getFirst().paths().getFirst().meanDivergence();
    if (Double.isFinite(divergence)) {
      fullTokens = Optional.of(result.full().paths().getFirst().tokens());
      guard.add(level, rowId, divergence).ifPresent(this::tell);
    } else {
      fail("Its divergence is " + divergence + ".");
    }
  }

  /** The row itself may do: it needs less memory alone than beside the full cache. */
  @Override
  public void fail(String reason) {
    boolean first = guard.giveUp(level);
    LOG.atLevel(first ? Level.WARN : Level.DEBUG)
        .log("Row {} could not be tried beside the full cache: {}", rowId, reason);
  }

  @Override
  public void drop() {
    guard.drop(level);
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
