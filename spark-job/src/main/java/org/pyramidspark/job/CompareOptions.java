package org.pyramidspark.job;

import java.util.Map;
import org.pyramidspark.errors.InvalidInputException;
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
 * @param reportRows the most rows that the report shows whole
 * @param settings all of this by option, for the report
 */
public record CompareOptions(
    String model,
    CorpusOptions corpus,
    GenerateOptions.Output output,
    ComparisonSettings comparison,
    EngineSettings engine,
    int reportRows,
    Map<String, String> settings) {
  /** What a report can show, under many policies, without becoming too large to be opened. */
  private static final int MOST_REPORT_ROWS = 10;

  public CompareOptions {
    if (reportRows < 0 || reportRows > MOST_REPORT_ROWS) {
      throw InvalidInputException.of(
          "Option --report-rows is %d; give 0 to %d.", reportRows, MOST_REPORT_ROWS);
    }
  }
}
