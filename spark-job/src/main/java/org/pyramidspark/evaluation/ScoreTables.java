package org.pyramidspark.evaluation;

import static org.pyramidspark.report.Figures.count;
import static org.pyramidspark.report.Figures.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.pyramidspark.evaluation.EvaluationReport.Difference;
import org.pyramidspark.evaluation.EvaluationReport.Figures;
import org.pyramidspark.evaluation.EvaluationReport.Score;
import org.pyramidspark.report.html.Table;
import org.pyramidspark.report.html.Table.Column;

/**
 * An evaluation's figures as tables of a page, in percent: all rows first, then task by task.
 *
 * @param report the figures
 * @param all what all rows together are called
 */
record ScoreTables(EvaluationReport report, String all) {

  /** Scores of the completions, and of the run compared with. */
  Table scores() {
    List<Column> columns =
        new ArrayList<>(List.of(Column.number("Score"), Column.number("95 % interval")));
    if (report.isPaired()) {
      columns.addAll(List.of(Column.number("Compared with"), Column.number("95 % interval")));
    }
    return table("Scores", columns, ScoreTables::scores);
  }

  private static List<String> scores(Figures figures) {
    List<String> cells = new ArrayList<>(score(figures.score()));
    if (figures.against() != null) {
      cells.addAll(score(figures.against()));
    }
    return cells;
  }

  private static List<String> score(Score score) {
    return List.of(
        format("%.2f", 100 * score.mean()),
        format("%.2f to %.2f", 100 * score.low(), 100 * score.high()));
  }

  /** How much higher the completions score than the run compared with. */
  Table differences() {
    return table(
        "Differences",
        List.of(
            Column.number("Difference"), Column.number("95 % interval"), Column.number("p-value")),
        figures -> difference(figures.difference()));
  }

  private static List<String> difference(Difference difference) {
    return List.of(
        format("%+.2f", 100 * difference.mean()),
        format("%+.2f to %+.2f", 100 * difference.low(), 100 * difference.high()),
        format("%.4f", difference.pValue()));
  }

  private Table table(String caption, List<Column> columns, Function<Figures, List<String>> cells) {
    List<Column> heads =
        new ArrayList<>(List.of(Column.text("Task"), Column.text("Metric"), Column.number("Rows")));
    heads.addAll(columns);
    List<List<String>> lines = new ArrayList<>(lines(all, report.overall(), cells));
    report.tasks().forEach(task -> lines.addAll(lines(task.name(), task.metrics(), cells)));
    return new Table(caption, heads, lines);
  }

  private static List<List<String>> lines(
      String task, Map<String, Figures> metrics, Function<Figures, List<String>> cells) {
    List<List<String>> lines = new ArrayList<>();
    metrics.forEach(
        (metric, figures) -> {
          List<String> line = new ArrayList<>(List.of(task, metric, count(figures.rows())));
          line.addAll(cells.apply(figures));
          lines.add(line);
        });
    return lines;
  }
}
