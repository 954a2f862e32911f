package org.pyramidspark.job;

import java.util.Map;
import java.util.Optional;
import org.pyramidspark.evaluation.EvaluationSettings;

/**
 * All that a run of {@code evaluate} is asked to do, checked.
 *
 * @param completions what is scored
 * @param against the run compared with, if there is one
 * @param references what both are compared with, if completions do not bring it
 * @param output where to write
 * @param evaluation how rows are scored
 * @param settings all of this by option, for the report
 */
public record EvaluateOptions(
    CorpusOptions completions,
    Optional<CorpusOptions> against,
    Optional<CorpusOptions> references,
    GenerateOptions.Output output,
    EvaluationSettings evaluation,
    Map<String, String> settings) {}
