package org.pyramidspark.evaluation;

import java.util.List;
import org.pyramidspark.prompts.Split;

/**
 * What an evaluation reads.
 *
 * @param run the completions
 * @param against those of the run compared with; empty without one
 * @param references empty where completions bring them
 */
public record EvaluationSources(List<Split> run, List<Split> against, List<Split> references) {

  JoinRule joinRule() {
    return new JoinRule(!references.isEmpty(), !against.isEmpty());
  }
}
