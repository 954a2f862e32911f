package org.pyramidspark.job;

import java.util.Map;
import org.pyramidspark.executor.ComparisonSettings;
import org.pyramidspark.executor.EngineSettings;

/**
 * All that a run of {@code compare} is asked to do, checked.
 *
 * @param model path of the model's file
 * @param corpus what to read
 * @param output where the output goes
 * @param comparison what is compared, and how
 * @param engine how engines run
 * @param settings all of this by option, for the report
 */
public record CompareOptions(
    String model,
    CorpusOptions corpus,
    GenerateOptions.Output output,
    ComparisonSettings comparison,
    EngineSettings engine,
    Map<String, String> settings) {}
