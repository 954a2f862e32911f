package org.pyramidspark.evaluation;

import static org.pyramidspark.report.Figures.count;
import static org.pyramidspark.report.Figures.format;
import static org.pyramidspark.report.Figures.plain;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.pyramidspark.evaluation.EvaluationReport.Difference;
import org.pyramidspark.evaluation.EvaluationReport.Figures;
import org.pyramidspark.evaluation.EvaluationReport.Score;
import org.pyramidspark.report.html.Axis;
import org.pyramidspark.report.html.Block;
import org.pyramidspark.report.html.IntervalPlot;
import org.pyramidspark.report.html.IntervalPlot.Group;
import org.pyramidspark.report.html.IntervalPlot.Line;
import org.pyramidspark.report.html.IntervalPlot.Value;
import org.pyramidspark.report.html.Paragraph;
import org.pyramidspark.report.html.ScatterPlot.Estimate;

/**
 * An evaluation's figures as pictures, in percent.
 *
 * @param report the figures
 * @param all what all rows together are called
 */
record EvaluationPlots(EvaluationReport report, String all) {
  /** A picture of more lines is no longer looked at; the table has them. */
  private static final int MOST_LINES = 60;

  /** Scores of the completions, and of the run compared with. */
  List<Block> scores() {
    return plot(
        "score-intervals",
        "Scores",
        "Score, percent",
        report.isPaired() ? List.of("completions", "compared with") : List.of("completions"),
        figures ->
            Stream.of(figures.score(), figures.against())
                .filter(score -> score != null)
                .map(EvaluationPlots::value)
                .toList());
  }

  /** How much higher the completions score than the run compared with. */
  List<Block> differences() {
    return plot(
        "difference-intervals",
        "Differences",
        "Difference of scores, percent",
        List.of("difference"),
        figures -> List.of(value(figures.difference())));
  }

  private static Value value(Score score) {
    return value("%.2f", score.mean(), score.low(), score.high(), "");
  }

  private static Value value(Difference difference) {
    return value(
        "%+.2f",
        difference.mean(),
        difference.low(),
        difference.high(),
        format(", p = %.4f", difference.pValue()));
  }

  private static Value value(String format, double mean, double low, double high, String more) {
    return new Value(
        new Estimate(100 * mean, 100 * Math.min(low, mean), 100 * Math.max(high, mean)),
        format(format + " (" + format + " to " + format + ")", 100 * mean, 100 * low, 100 * high)
            + more);
  }

  private List<Block> plot(
      String id,
      String title,
      String axis,
      List<String> series,
      Function<Figures, List<Value>> values) {
    List<Group> groups = new ArrayList<>();
    groups.add(group(all, report.overall(), values));
    int lines = report.overall().size();
    int left = 0;
    for (EvaluationReport.Task task : report.tasks()) {
      lines += task.metrics().size();
      if (task.metrics().isEmpty()) {
        continue;
      }
      if (lines <= MOST_LINES) {
        groups.add(group(task.name(), task.metrics(), values));
      } else {
        left++;
      }
    }
    List<Block> blocks = new ArrayList<>();
    blocks.add(new IntervalPlot(id, title, axis(axis, groups), series, groups));
    if (left > 0) {
      blocks.add(Paragraph.note(count(left) + " more tasks are in the table alone."));
    }
    return blocks;
  }

  private static Group group(
      String name, Map<String, Figures> metrics, Function<Figures, List<Value>> values) {
    return new Group(
        name,
        metrics.entrySet().stream()
            .map(metric -> new Line(metric.getKey(), values.apply(metric.getValue())))
            .toList());
  }

  private static Axis axis(String label, List<Group> groups) {
    List<Estimate> all =
        groups.stream()
            .flatMap(group -> group.lines().stream())
            .flatMap(line -> line.values().stream())
            .map(Value::estimate)
            .toList();
    double low = all.stream().mapToDouble(Estimate::low).min().orElse(0);
    double high = all.stream().mapToDouble(Estimate::high).max().orElse(0);
    // Where all is the same the axis shows a little on both sides.
    double more = low == high ? 1 : 0;
    return Axis.holding(label, low - more, high + more, value -> plain(value));
  }
}
