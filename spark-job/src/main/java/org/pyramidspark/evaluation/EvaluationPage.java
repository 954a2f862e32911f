package org.pyramidspark.evaluation;

import static org.pyramidspark.report.Figures.count;
import static org.pyramidspark.report.Figures.number;

import java.util.ArrayList;
import java.util.List;
import org.pyramidspark.evaluation.EvaluationReport.Rows;
import org.pyramidspark.report.ReportTables;
import org.pyramidspark.report.html.Block;
import org.pyramidspark.report.html.Page;
import org.pyramidspark.report.html.Paragraph;
import org.pyramidspark.report.html.Section;
import org.pyramidspark.report.html.Table;
import org.pyramidspark.report.html.Table.Column;
import org.pyramidspark.report.html.Tile;

/**
 * The report of an evaluation as a page.
 *
 * @param report the figures
 */
record EvaluationPage(EvaluationReport report) {
  private static final String ALL_ROWS = "all rows";

  Page page() {
    List<Section> sections = new ArrayList<>();
    sections.add(new Section("scores", "Scores", scores()));
    if (report.isPaired()) {
      sections.add(new Section("difference", "Difference", difference()));
    }
    sections.add(new Section("rows", "Rows", List.of(rows())));
    sections.add(
        new Section(
            "settings",
            "Settings",
            List.of(ReportTables.entries("Settings", "Option", report.settings()))));
    sections.add(
        new Section(
            "versions",
            "Versions",
            List.of(ReportTables.entries("Versions", "Of", report.versions()))));
    return new Page(
        "Evaluation of " + report.started(),
        "Evaluation of " + report.settings().getOrDefault("completions", "completions"),
        "Evaluation of %s%s"
            .formatted(
                report.started(),
                report.isPaired()
                    ? ", against " + report.settings().getOrDefault("against", "another run")
                    : ""),
        tiles(),
        sections);
  }

  private List<Tile> tiles() {
    Rows rows = report.rows();
    return List.of(
        new Tile("Rows scored", count(rows.scored()), "of " + count(rows.total())),
        new Tile("Not scored", count(rows.total() - rows.scored()), EvaluationText.notScored(rows)),
        new Tile("Empty texts", count(rows.emptyTexts()), "of the scored rows"),
        new Tile("Tasks", count(report.tasks().size()), ""),
        new Tile(
            "Time",
            number(report.throughput().seconds()) + " s",
            number(report.throughput().rowsPerSecond()) + " rows/s"));
  }

  private List<Block> scores() {
    List<Block> blocks = new ArrayList<>();
    blocks.add(
        Paragraph.note(
            "Means over rows in percent, with 95 % intervals of the bootstrap; over all rows, tasks"
                + " with more rows weigh more."));
    blocks.addAll(new EvaluationPlots(report, ALL_ROWS).scores());
    blocks.add(new ScoreTables(report, ALL_ROWS).scores());
    return blocks;
  }

  private List<Block> difference() {
    List<Block> blocks = new ArrayList<>();
    blocks.add(
        Paragraph.note(
            "The completions less the run compared with, in percent, on the same rows: 95 %"
                + " intervals and two-sided p-values of the paired bootstrap. An interval without 0"
                + " is a clear difference."));
    blocks.addAll(new EvaluationPlots(report, ALL_ROWS).differences());
    blocks.add(new ScoreTables(report, ALL_ROWS).differences());
    return blocks;
  }

  private Table rows() {
    return new Table(
        "Rows by task",
        List.of(
            Column.text("Task"),
            Column.number("Rows"),
            Column.number("Scored"),
            Column.number("Empty texts"),
            Column.text("Not scored"),
            Column.text("Answers read as")),
        report.tasks().stream()
            .map(
                task ->
                    List.of(
                        task.name(),
                        count(task.rows().total()),
                        count(task.rows().scored()),
                        count(task.rows().emptyTexts()),
                        EvaluationText.notScored(task.rows()),
                        task.choiceRule() == null ? "" : task.choiceRule()))
            .toList());
  }
}
