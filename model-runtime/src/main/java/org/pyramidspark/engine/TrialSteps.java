package org.pyramidspark.engine;

import java.util.List;
import org.pyramidspark.graph.Logits;
import org.pyramidspark.op.StepShare;

/**
 * Computes a trial's steps on the engine, whose rows go on meanwhile. Used by the engine's thread.
 * Logits have the trial's shares first, in their order; the caller closes them.
 */
interface TrialSteps {
  /** Computes a prompt, alone. */
  Logits prefill(StepShare share, int[] tokens);

  /**
   * Computes a token of each share, in one step with the rows that run.
   *
   * @param bytesToCome bytes of KV cache that rows must leave to the trial
   */
  Logits decode(List<StepShare> shares, int[] tokens, long bytesToCome);
}
