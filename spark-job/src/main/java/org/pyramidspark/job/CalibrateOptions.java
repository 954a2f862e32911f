package org.pyramidspark.job;

import java.util.Map;
import org.pyramidspark.calibration.SearchSpace;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.executor.EngineSettings;
import org.pyramidspark.executor.RowSettings;

/**
 * All that a run of {@code calibrate} is asked to do, checked.
 *
 * @param model path of the model's file
 * @param corpus what to read
 * @param folder of the calibration
 * @param space settings to choose among
 * @param limits what is allowed, on how many rows
 * @param rows how prompts are made; new tokens are those that are compared, the seed chooses rows
 * @param engine how engines run
 * @param settings all of this by option, for the report
 */
public record CalibrateOptions(
    String model,
    CorpusOptions corpus,
    String folder,
    SearchSpace space,
    Limits limits,
    RowSettings rows,
    EngineSettings engine,
    Map<String, String> settings) {

  /**
   * @param maxLoss mean KL divergence that is allowed, nats
   * @param searchRows rows to search on
   * @param checkRows other rows to check the result on
   */
  public record Limits(double maxLoss, int searchRows, int checkRows) {
    private static final int LEAST_ROWS = 2;

    public Limits {
      if (!(maxLoss > 0 && maxLoss < Double.POSITIVE_INFINITY)) {
        throw InvalidInputException.of(
            "Option --max-loss is %s; give a mean KL divergence over 0 in nats, such as 0.05.",
            maxLoss);
      }
      checkRows("--rows", searchRows);
      checkRows("--check-rows", checkRows);
    }

    private static void checkRows(String option, int rows) {
      if (rows < LEAST_ROWS) {
        throw InvalidInputException.of(
            "Option %s is %d; give %d or more, for a loss needs an interval.",
            option, rows, LEAST_ROWS);
      }
    }
  }
}
