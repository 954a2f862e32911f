package org.pyramidspark.job;

import org.apache.spark.api.java.JavaSparkContext;
import org.pyramidspark.checkpoint.Checkpoint;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.executor.RowSettings;
import org.pyramidspark.models.ModelFinder;
import org.pyramidspark.prompts.RowCost;
import org.pyramidspark.report.RunReport;

/**
 * A job's model, as the driver has looked at it before anything else is done.
 *
 * @param model as reports have it
 * @param contextLength the most tokens of prompt and completion together
 */
record OpenedModel(RunReport.Model model, int contextLength) {

  /**
   * @param given what the user has named it by
   * @param option that gives the number of new tokens, for the message
   * @throws InvalidInputException if it cannot be had, or its context is too short
   */
  static OpenedModel open(JavaSparkContext spark, String given, String option, int maxNewTokens) {
    ModelFinder.Found found = ModelFinder.onDriver(given, spark.sc());
    try (Checkpoint checkpoint = Checkpoint.open(found.file())) {
      int context = checkpoint.config().contextLength();
      if (maxNewTokens >= context) {
        throw InvalidInputException.of(
            "Option %s is %d; the model's context holds %d tokens, prompt included, so give fewer.",
            option, maxNewTokens, context);
      }
      return new OpenedModel(
          new RunReport.Model(
              checkpoint.config().name(), found.location().toString(), checkpoint.sha256()),
          context);
    }
  }

  /** What rows cost that it completes. */
  RowCost cost(RowSettings rows) {
    return new RowCost(rows.maxNewTokens(), rows.prompts().maxTokens(), contextLength);
  }
}
