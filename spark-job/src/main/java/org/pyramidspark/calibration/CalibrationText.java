package org.pyramidspark.calibration;

import java.util.List;
import java.util.stream.Collectors;
import org.pyramidspark.calibration.CalibrationReport.Trial;
import org.pyramidspark.report.MarkdownTable;

/** What a calibration found, for people. */
public final class CalibrationText {
  private CalibrationText() {}

  /** What a terminal shows. */
  public static String console(CalibrationReport report) {
    return table(report.checks().isEmpty() ? report.search() : report.checks())
        + "\n"
        + outcome(report);
  }

  /** The page {@code report.md}. */
  public static String markdown(CalibrationReport report) {
    return """
    # Calibration of %s

    Model %s (SHA-256 `%s`). Limit: a mean KL divergence of %s nats from the full cache. Cost is the mean of the rows computed and the KV kept.

    %s

    ## Check on %d rows that the search did not see

    %s
    ## Search on %d rows

    %s
    %s
    %s"""
        .formatted(
            report.started(),
            MarkdownTable.cell(report.model().name()),
            report.model().sha256(),
            report.maxLoss(),
            outcome(report),
            report.checkRows().size(),
            table(report.checks()),
            report.searchRows().size(),
            table(report.search()),
            MarkdownTable.entries("Settings", "Option", report.settings()),
            MarkdownTable.entries("Versions", "Of", report.versions()));
  }

  private static String outcome(CalibrationReport report) {
    return report.found() == null
        ? "No settings held the limit of %s; there is no preset.".formatted(report.maxLoss())
        : "`%s` holds the limit of %s. Its preset is %s"
            .formatted(report.found().policy(), report.maxLoss(), report.found().preset());
  }

  private static String table(List<Trial> trials) {
    return trials.stream()
        .map(CalibrationText::row)
        .collect(
            Collectors.joining(
                "",
                """
                | Settings | Rows computed | KV kept | Cost | KL (95 %) | Agreement | Within |
                |---|---:|---:|---:|---:|---:|---|
                """,
                ""));
  }

  private static String row(Trial trial) {
    String interval =
        trial.low() == null ? "" : " (%.4f-%.4f)".formatted(trial.low(), trial.high());
    return "| %s | %.1f %% | %.1f %% | %.3f | %.4f%s | %.1f %% | %s |%n"
        .formatted(
            MarkdownTable.cell(trial.policy()),
            100 * trial.computedFraction(),
            100 * trial.keptFraction(),
            trial.cost(),
            trial.loss(),
            interval,
            100 * trial.agreement(),
            trial.within() ? "yes" : "no");
  }
}
