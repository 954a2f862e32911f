package org.pyramidspark.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.pyramidspark.evaluation.EvaluationReport.Difference;
import org.pyramidspark.evaluation.EvaluationReport.Figures;
import org.pyramidspark.evaluation.EvaluationReport.Score;
import org.pyramidspark.report.MarkdownTable;

/** The figures of an evaluation as a table: scores in percent, a line for each task and metric. */
final class EvaluationTable {
  private static final List<String> RUN =
      List.of("Task", "Metric", "Rows", "Score", "95 % interval");
  private static final List<String> PAIR =
      List.of(
          "Task", "Metric", "Rows", "Score", "Against", "Difference", "95 % interval", "p-value");

  /** The columns of words; figures stand to the right. */
  private static final int WORD_COLUMNS = 2;

  private final List<List<String>> lines = new ArrayList<>();

  EvaluationTable(EvaluationReport report, String all) {
    lines.add(report.isPaired() ? PAIR : RUN);
    for (EvaluationReport.Task task : report.tasks()) {
      task.metrics().forEach((metric, figures) -> lines.add(line(task.name(), metric, figures)));
    }
    report.overall().forEach((metric, figures) -> lines.add(line(all, metric, figures)));
  }

  private static List<String> line(String task, String metric, Figures figures) {
    List<String> cells = new ArrayList<>(List.of(task, metric, format("%,d", figures.rows())));
    Score score = figures.score();
    cells.add(percent(score.mean()));
    if (figures.against() == null) {
      cells.add(interval(score.low(), score.high()));
    } else {
      Difference difference = figures.difference();
      cells.add(percent(figures.against().mean()));
      cells.add(format("%+.2f", 100 * difference.mean()));
      cells.add(interval(difference.low(), difference.high()));
      cells.add(format("%.4f", difference.pValue()));
    }
    return cells;
  }

  private static String percent(double share) {
    return format("%.2f", 100 * share);
  }

  private static String interval(double low, double high) {
    return format("%.2f to %.2f", 100 * low, 100 * high);
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  /** For a Markdown page. */
  String markdown() {
    List<String> text = new ArrayList<>();
    lines.forEach(line -> text.add(markdown(line)));
    text.add(
        1,
        IntStream.range(0, lines.getFirst().size())
            .mapToObj(column -> column < WORD_COLUMNS ? "---" : "---:")
            .collect(Collectors.joining("|", "|", "|")));
    return String.join("\n", text) + "\n";
  }

  private static String markdown(List<String> cells) {
    return cells.stream().map(MarkdownTable::cell).collect(Collectors.joining(" | ", "| ", " |"));
  }

  /** For a terminal. */
  String text() {
    int[] widths =
        IntStream.range(0, lines.getFirst().size())
            .map(column -> lines.stream().mapToInt(l -> l.get(column).length()).max().orElse(0))
            .toArray();
    return lines.stream().map(line -> text(line, widths)).collect(Collectors.joining("\n"));
  }

  private static String text(List<String> cells, int[] widths) {
    return IntStream.range(0, cells.size())
        .mapToObj(i -> format((i < WORD_COLUMNS ? "%-" : "%") + widths[i] + "s", cells.get(i)))
        .collect(Collectors.joining("  "))
        .stripTrailing();
  }
}
