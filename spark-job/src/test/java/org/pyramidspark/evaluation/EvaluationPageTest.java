package org.pyramidspark.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.pyramidspark.evaluation.EvaluationReport.Figures;
import org.pyramidspark.report.Pages;

class EvaluationPageTest {

  private static Document page(EvaluationReport report) {
    return Pages.whole(EvaluationText.html(report));
  }

  @ParameterizedTest
  @CsvSource({"1, false", "1, true", "4, false", "4, true", "40, true"})
  void everyTaskAndMetricIsInTheTables(int tasks, boolean paired) {
    EvaluationReport report = SampleEvaluation.with("plain", paired, tasks);
    Document page = page(report);

    List<String> lines = new ArrayList<>();
    report.overall().keySet().forEach(metric -> lines.add("all rows " + metric));
    report
        .tasks()
        .forEach(
            task ->
                task.metrics().keySet().forEach(metric -> lines.add(task.name() + " " + metric)));
    for (String table : paired ? List.of("Scores", "Differences") : List.of("Scores")) {
      assertThat(
              page.select("table:has(caption:containsOwn(%s)) tbody tr".formatted(table)).stream()
                  .map(row -> row.child(0).text() + " " + row.child(1).text()))
          .isEqualTo(lines);
    }
    assertThat(page.select("svg")).hasSize(paired ? 2 : 1);
    assertThat(Pages.cells(page, "Rows by task", 0))
        .isEqualTo(report.tasks().stream().map(EvaluationReport.Task::name).toList());
  }

  @Test
  void picturesHaveTheFiguresWithTheirIntervals() {
    EvaluationReport report = SampleEvaluation.with("plain", true, 3);
    Document page = page(report);

    Figures figures = report.overall().get("rougeL");
    assertThat(page.select("#scores svg g title").eachText())
        .contains(
            "all rows, rougeL, completions: %.2f (%.2f to %.2f)"
                .formatted(
                    100 * figures.score().mean(),
                    100 * figures.score().low(),
                    100 * figures.score().high()));
    assertThat(page.select("#difference svg g title").eachText())
        .hasSize(6 + 5 + 1 + 5)
        .contains(
            "all rows, rougeL, difference: %+.2f (%+.2f to %+.2f), p = 0.0123"
                .formatted(
                    100 * figures.difference().mean(),
                    100 * figures.difference().low(),
                    100 * figures.difference().high()));
    assertThat(page.select("#difference svg line.base")).hasSize(1);
    assertThat(Pages.cells(page, "Differences", 5)).containsOnly("0.0123");
  }

  @Test
  void aPictureOfManyTasksEndsAndSaysSo() {
    Document page = page(SampleEvaluation.with("plain", false, 40));

    assertThat(page.select("svg circle")).hasSizeLessThanOrEqualTo(60);
    assertThat(page.select("#scores p").eachText())
        .anyMatch(text -> text.matches("\\d+ more tasks are in the table alone\\."));
  }

  static List<String> hostile() {
    return Pages.HOSTILE;
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void hostileTextStaysText(String text) {
    Document page = page(SampleEvaluation.with(text, true, 3));

    Pages.assertSameShape(page, page(SampleEvaluation.with("plain", true, 3)));
    assertThat(Pages.cells(page, "Rows by task", 0)).first().isEqualTo(Pages.shown(text));
    assertThat(page.select("#scores svg text.name"))
        .extracting(Element::wholeText)
        .contains(Pages.shown(text));
  }
}
