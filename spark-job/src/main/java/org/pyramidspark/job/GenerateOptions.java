package org.pyramidspark.job;

import java.util.Map;
import org.pyramidspark.executor.EngineSettings;
import org.pyramidspark.executor.RowSettings;

/**
 * All that a run of {@code generate} is asked to do, checked.
 *
 * @param model path of the model's file
 * @param corpus what to read
 * @param output where to write
 * @param rows how rows are completed
 * @param engine how engines run
 * @param settings all of this by option, for the report
 */
public record GenerateOptions(
    String model,
    CorpusOptions corpus,
    Output output,
    RowSettings rows,
    EngineSettings engine,
    Map<String, String> settings) {

  /**
   * @param folder of the output
   * @param overwrite whether an earlier run's output there may be replaced
   */
  public record Output(String folder, boolean overwrite) {}
}
