package org.pyramidspark.calibration;

import java.util.List;
import java.util.Map;
import org.pyramidspark.guard.Estimate;
import org.pyramidspark.report.ReportJson;
import org.pyramidspark.report.RunReport;

/**
 * What a calibration found. The names of {@code report.json} are those of the components, in snake
 * case.
 *
 * @param started when the run started, ISO 8601
 * @param settings what the user asked for, by option
 * @param model the model's name, path and hash
 * @param maxLoss mean KL divergence that is allowed, nats
 * @param searchRows ids of the rows that were searched on
 * @param checkRows ids of the rows that the result was checked on
 * @param search every setting that was tried, the cheapest first
 * @param checks settings that were tried on the other rows, in the order of trying
 * @param found the settings of the preset; null if none held the limit
 * @param seconds that the run took
 * @param versions of what it ran on
 */
public record CalibrationReport(
    String started,
    Map<String, String> settings,
    RunReport.Model model,
    double maxLoss,
    List<String> searchRows,
    List<String> checkRows,
    List<Trial> search,
    List<Trial> checks,
    Found found,
    double seconds,
    Map<String, String> versions) {

  /**
   * One setting on some rows.
   *
   * @param policy as it is written on the command line
   * @param rows that it was tried on
   * @param loss mean KL(full || policy) over the rows, nats
   * @param low lower end of its 95 % interval; null with fewer than two rows
   * @param high upper end
   * @param agreement mean share of tokens where the likeliest is the full cache's
   * @param computedFraction rows computed, by all
   * @param keptFraction entries kept, by those of a full cache
   * @param cost mean of both fractions: what the search makes small
   * @param within whether the loss is within the limit
   */
  public record Trial(
      String policy,
      long rows,
      double loss,
      Double low,
      Double high,
      double agreement,
      double computedFraction,
      double keptFraction,
      double cost,
      boolean within) {

    static Trial of(TrialFigures figures, double maxLoss) {
      Estimate loss = figures.loss();
      boolean bounded = loss.rows() > 1;
      return new Trial(
          figures.policy(),
          loss.rows(),
          loss.mean(),
          bounded ? Math.max(0, loss.low()) : null,
          bounded ? loss.high() : null,
          figures.agreement(),
          figures.computedFraction(),
          figures.keptFraction(),
          figures.cost(),
          loss.mean() <= maxLoss);
    }
  }

  /**
   * @param policy as it is written on the command line
   * @param preset the file with its settings
   */
  public record Found(String policy, String preset) {}

  /** The report for programs. */
  public String toJson() {
    return ReportJson.of(this);
  }
}
