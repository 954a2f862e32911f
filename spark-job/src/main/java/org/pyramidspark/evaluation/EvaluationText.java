package org.pyramidspark.evaluation;

import static org.pyramidspark.report.MarkdownTable.cell;

import java.util.Locale;
import java.util.stream.Collectors;
import org.pyramidspark.evaluation.EvaluationReport.Rows;
import org.pyramidspark.report.HtmlReport;
import org.pyramidspark.report.MarkdownTable;

/** The report of an evaluation for people. */
public final class EvaluationText {
  private EvaluationText() {}

  /** What a terminal shows. */
  public static String console(EvaluationReport report) {
    return new EvaluationTable(report, "all rows").text() + "\n" + counts(report.rows());
  }

  /** The page {@code report.md}. */
  public static String markdown(EvaluationReport report) {
    return String.join(
        "\n",
        "# Evaluation of %s\n".formatted(report.started()),
        "Scores in percent, with 95 %% intervals of the bootstrap (%s resamples of rows).%s\n"
            .formatted(
                report.settings().get("resamples"),
                report.settings().containsKey("against")
                    ? " Differences are the completions' less those compared with, on the same"
                        + " rows, with two-sided p-values of the paired bootstrap."
                    : ""),
        new EvaluationTable(report, "**all rows**").markdown(),
        "## Rows\n",
        counts(report.rows()) + "\n",
        tasks(report),
        MarkdownTable.entries("Settings", "Option", report.settings()),
        MarkdownTable.entries("Versions", "Of", report.versions()));
  }

  /** The page {@code report.html}. */
  public static String html(EvaluationReport report) {
    return HtmlReport.of(new EvaluationPage(report).page());
  }

  private static String counts(Rows rows) {
    String notScored = notScored(rows);
    return String.format(
        Locale.ROOT,
        "%,d rows: %,d scored, of which %,d with an empty text%s.",
        rows.total(),
        rows.scored(),
        rows.emptyTexts(),
        notScored.isEmpty() ? "" : "; not scored: " + notScored);
  }

  /** Rows that were not scored, by why. */
  static String notScored(Rows rows) {
    return rows.notScored().entrySet().stream()
        .map(entry -> String.format(Locale.ROOT, "%s %,d", entry.getKey(), entry.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static String tasks(EvaluationReport report) {
    return report.tasks().stream()
        .map(
            task ->
                "| %s | %s | %s |"
                    .formatted(
                        cell(task.name()),
                        counts(task.rows()),
                        task.choiceRule() == null ? "" : task.choiceRule()))
        .collect(Collectors.joining("\n", "| Task | Rows | Answers |\n|---|---|---|\n", "\n"));
  }
}
