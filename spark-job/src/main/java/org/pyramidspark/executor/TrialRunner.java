package org.pyramidspark.executor;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.util.LongAccumulator;
import org.pyramidspark.cache.NamedPolicy;
import org.pyramidspark.calibration.RowTrial;
import org.pyramidspark.engine.TrialRequest;
import org.pyramidspark.engine.TrialResult.PathOutcome;
import org.pyramidspark.engine.TrialResult.PolicyTrial;
import org.pyramidspark.errors.InvalidInputException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A task: tries policies on sampled rows, beside the full cache and along its own completion. A row
 * that the engine refuses, for it needs more memory than there is, has no trials.
 *
 * @param model to use
 * @param engine how it runs
 * @param policies to try
 * @param tokens next tokens that are compared
 * @param rowsDone counts rows, for the progress line
 */
public record TrialRunner(
    ModelReference model,
    EngineSettings engine,
    List<NamedPolicy> policies,
    int tokens,
    LongAccumulator rowsDone)
    implements FlatMapFunction<Iterator<SampledPrompt>, RowTrial> {
  private static final Logger LOG = LoggerFactory.getLogger(TrialRunner.class);

  public TrialRunner {
    policies = List.copyOf(policies);
  }

  @Override
  public Iterator<RowTrial> call(Iterator<SampledPrompt> prompts) throws InterruptedException {
    List<RowTrial> trials = new ArrayList<>();
    try (ExecutorEngine.Lease lease = TaskScope.lease(model, engine)) {
      while (prompts.hasNext()) {
        trials.addAll(trials(prompts.next(), lease.model()));
        rowsDone.add(1);
      }
    }
    return trials.iterator();
  }

  private List<RowTrial> trials(SampledPrompt prompt, LoadedModel loaded) {
    int room = loaded.contextLength() - prompt.tokens().length;
    TrialRequest request =
        new TrialRequest(
            prompt.tokens(),
            prompt.span(),
            policies.stream().map(NamedPolicy::policy).toList(),
            List.of(TrialRequest.Path.greedy(Math.min(tokens, room))));
    try {
      List<PolicyTrial> outcomes = loaded.engine().trial(request).policies();
      List<RowTrial> trials = new ArrayList<>();
      for (int i = 0; i < outcomes.size(); i++) {
        trials.add(trial(prompt.id(), policies.get(i), outcomes.get(i)));
      }
      return trials;
    } catch (InvalidInputException refused) {
      LOG.warn("Row {} cannot be tried: {}", prompt.id(), refused.getMessage());
      return List.of();
    }
  }

  private static RowTrial trial(String row, NamedPolicy policy, PolicyTrial outcome) {
    PathOutcome path = outcome.paths().getFirst();
    return new RowTrial(
        row,
        policy.name(),
        path.tokens().length,
        path.meanDivergence(),
        path.agreement(),
        outcome.computedFraction(),
        outcome.keptKvFraction());
  }
}
