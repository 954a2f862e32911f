package org.pyramidspark.job;

import java.util.Map;
import java.util.Optional;
import org.pyramidspark.completions.OutputPaths;
import org.pyramidspark.config.PresetModel;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.executor.EngineSettings;
import org.pyramidspark.executor.RowSettings;

/**
 * All that a run of {@code generate} is asked to do, checked.
 *
 * @param model path of the model's file
 * @param corpus what to read
 * @param tables how, if Spark reads and writes
 * @param output where to write
 * @param rows how rows are completed
 * @param presetModel the model that the preset was calibrated on, if there is one that says so
 * @param engine how engines run
 * @param reportRows the most rows that the report shows whole
 * @param settings all of this by option, for the report
 */
public record GenerateOptions(
    String model,
    CorpusOptions corpus,
    Optional<TableOptions> tables,
    Output output,
    RowSettings rows,
    Optional<PresetModel> presetModel,
    EngineSettings engine,
    int reportRows,
    Map<String, String> settings) {
  /** What a report can show without becoming too large to be opened. */
  private static final int MOST_REPORT_ROWS = 50;

  public GenerateOptions {
    if (reportRows < 0 || reportRows > MOST_REPORT_ROWS) {
      throw InvalidInputException.of(
          "Option --report-rows is %d; give 0 to %d.", reportRows, MOST_REPORT_ROWS);
    }
  }

  /**
   * Where the reports lie in the output folder: beside the rows, or, where Spark writes these, in a
   * folder that its readers pass over. Empty or with a slash at its end.
   */
  String reportFolder() {
    return tables.isPresent() ? OutputPaths.BOOKS + "/" : "";
  }

  /**
   * @param folder of the output
   * @param overwrite whether an earlier run's output there may be replaced
   * @param resume whether to go on with a run there that was stopped
   */
  public record Output(String folder, boolean overwrite, boolean resume) {
    /** Of a run that begins anew. */
    public Output(String folder, boolean overwrite) {
      this(folder, overwrite, false);
    }
  }
}
