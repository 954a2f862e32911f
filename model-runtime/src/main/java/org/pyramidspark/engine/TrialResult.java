package org.pyramidspark.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * What a trial found.
 *
 * @param full of the full cache, beside itself
 * @param policies in the order of the request
 */
public record TrialResult(PolicyTrial full, List<PolicyTrial> policies) {

  public TrialResult {
    policies = List.copyOf(policies);
  }

  /**
   * One policy.
   *
   * @param keptKvFraction entries kept after the prompt, by those of a full cache
   * @param computedFraction rows of the prompt computed over all layers, by all
   * @param kvBytes bytes of cache pages after the prompt
   * @param prefillNanos time that computing the prompt took, alone; 0 where a row had done it
   * @param paths in the order of the request
   */
  public record PolicyTrial(
      double keptKvFraction,
      double computedFraction,
      long kvBytes,
      long prefillNanos,
      List<PathOutcome> paths) {

    public PolicyTrial {
      paths = List.copyOf(paths);
    }
  }

  /**
   * One policy along one path.
   *
   * @param tokens those that were followed
   * @param divergence by position, KL(full || policy) of the next token, nats
   * @param agreements positions where the likeliest token was the full cache's
   * @param surprise sum of -log p(followed token), nats; by the number of tokens it is the negative
   *     log-likelihood
   */
  public record PathOutcome(int[] tokens, double[] divergence, int agreements, double surprise) {

    /** Mean KL divergence, nats. */
    public double meanDivergence() {
      double sum = 0;
      for (double here : divergence) {
        sum += here;
      }
      return sum / divergence.length;
    }

    /** Share of positions where the likeliest token was the full cache's. */
    public double agreement() {
      return (double) agreements / tokens.length;
    }

    /** Mean negative log-likelihood of the followed tokens, nats. */
    public double meanSurprise() {
      return surprise / tokens.length;
    }
  }

  /** Puts groups together that had the same leader. */
  static TrialResult of(List<List<PolicyTrial>> groups) {
    List<PolicyTrial> policies = new ArrayList<>();
    groups.forEach(group -> policies.addAll(group.subList(1, group.size())));
    return new TrialResult(groups.getFirst().getFirst(), policies);
  }
}
