package org.pyramidspark.evaluation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pyramidspark.quality.Estimate;
import org.pyramidspark.quality.Metric;
import org.pyramidspark.quality.PairedDifference;
import org.pyramidspark.report.ReportJson;

/**
 * Everything that is known about a finished evaluation. The names of {@code report.json} are those
 * of the components, in snake case. Scores are shares, 0 to 1.
 *
 * @param started when the evaluation started, ISO 8601
 * @param settings what the user asked for, by option
 * @param rows counts of all rows
 * @param overall figures of all rows together, by metric
 * @param tasks figures of each task, by name
 * @param throughput how fast it was
 * @param versions of what it ran on
 */
public record EvaluationReport(
    String started,
    Map<String, String> settings,
    Rows rows,
    Map<String, Figures> overall,
    List<Task> tasks,
    Throughput throughput,
    Map<String, String> versions) {

  /**
   * @param total rows of the output
   * @param scored rows that were scored
   * @param emptyTexts of these, with a completion that has no text
   * @param notScored the others, by why
   */
  public record Rows(long total, long scored, long emptyTexts, Map<String, Long> notScored) {}

  /**
   * @param name of the task
   * @param rows counts of its rows
   * @param choiceRule how answers were read, {@code single} or {@code multiple}; null without
   *     multiple choice
   * @param metrics figures by metric
   */
  public record Task(String name, Rows rows, String choiceRule, Map<String, Figures> metrics) {}

  /**
   * The figures of one metric.
   *
   * @param rows how many rows it is the mean of
   * @param score of the completions
   * @param against of the run compared with; null without one
   * @param difference the former less the latter; null without a run compared with
   */
  public record Figures(long rows, Score score, Score against, Difference difference) {

    static Figures of(MetricFigures figures) {
      Estimate run = figures.run();
      return new Figures(
          run.rows(), Score.of(run), Score.of(figures.against()), Difference.of(figures));
    }
  }

  /**
   * @param mean over the rows
   * @param low lower end of the 95 % bootstrap interval
   * @param high upper end
   */
  public record Score(double mean, double low, double high) {
    private static Score of(Estimate estimate) {
      return estimate == null ? null : new Score(estimate.mean(), estimate.low(), estimate.high());
    }
  }

  /**
   * @param mean over the rows
   * @param low lower end of the 95 % interval of the paired bootstrap
   * @param high upper end
   * @param pValue two-sided
   */
  public record Difference(double mean, double low, double high, double pValue) {
    private static Difference of(MetricFigures figures) {
      PairedDifference difference = figures.difference();
      return difference == null
          ? null
          : new Difference(
              difference.mean(), difference.low(), difference.high(), difference.pValue());
    }
  }

  /**
   * @param seconds to read, score and sum up, the scan of the files apart
   * @param rowsPerSecond of these
   */
  public record Throughput(double seconds, double rowsPerSecond) {}

  /** Whether two runs were compared. */
  boolean isPaired() {
    return overall.values().stream().anyMatch(figures -> figures.against() != null);
  }

  static Rows rows(TaskFigures figures) {
    Map<String, Long> notScored = new TreeMap<>();
    figures.rows().forEach((status, rows) -> notScored.put(status.label(), rows));
    Long scored = notScored.remove(RowStatus.SCORED.label());
    long total = figures.rows().values().stream().mapToLong(Long::longValue).sum();
    return new Rows(total, scored == null ? 0 : scored, figures.emptyTexts(), notScored);
  }

  static Map<String, Figures> byLabel(Map<Metric, MetricFigures> metrics) {
    Map<String, Figures> byLabel = new LinkedHashMap<>();
    metrics.forEach((metric, figures) -> byLabel.put(metric.label(), Figures.of(figures)));
    return byLabel;
  }

  /** The report for programs. */
  public String toJson() {
    return ReportJson.of(this);
  }
}
