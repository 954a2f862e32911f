package org.pyramidspark.report.html;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.pyramidspark.report.html.Blocks.number;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jsoup.nodes.Element;
import org.jsoup.select.Elements;
import org.junit.jupiter.api.Test;
import org.pyramidspark.report.html.IntervalPlot.Group;
import org.pyramidspark.report.html.IntervalPlot.Line;
import org.pyramidspark.report.html.IntervalPlot.Value;
import org.pyramidspark.report.html.ScatterPlot.Estimate;

class IntervalPlotTest {
  private static final List<String> SERIES = List.of("one", "other");

  private static Value value(double value) {
    return new Value(new Estimate(value, value - 2, value + 1), "about " + value);
  }

  private static IntervalPlot plot(Group... groups) {
    return new IntervalPlot(
        "plot",
        "Scores",
        Axis.holding("Score", -20, 100, "%.0f"::formatted),
        SERIES,
        List.of(groups));
  }

  private static Group group(String label, Line... lines) {
    return new Group(label, List.of(lines));
  }

  private static Line line(String label, double one, double other) {
    return new Line(label, List.of(value(one), value(other)));
  }

  @Test
  void valuesStandWhereTheyAreWithTheirIntervals() {
    Element svg = Blocks.svg("intervals", plot(group("g", line("m", 0, 50))));
    Elements circles = svg.select("circle");
    double zero = number(svg.selectFirst("line.base"), "x1");
    double unit = (number(circles.get(1), "cx") - zero) / 50;

    assertThat(number(circles.get(0), "cx")).isEqualTo(zero);
    String[] ends = svg.select("path").get(1).attr("d").split("[MH ]+");
    assertThat(Double.parseDouble(ends[1])).isCloseTo(zero + 48 * unit, within(0.2));
    assertThat(Double.parseDouble(ends[3])).isCloseTo(zero + 51 * unit, within(0.2));
    assertThat(svg.select("g title").eachText())
        .containsExactly("g, m, one: about 0.0", "g, m, other: about 50.0");
    assertThat(svg.selectFirst("desc").text())
        .isEqualTo("Score. g, m, one: about 0.0; g, m, other: about 50.0.");
  }

  @Test
  void nothingCoversAnythingElseOrLeavesTheDrawing() {
    Random random = new Random(2);
    for (int run = 0; run < 50; run++) {
      List<Group> groups = new ArrayList<>();
      for (int i = 0; i < 1 + random.nextInt(5); i++) {
        Line[] lines = new Line[1 + random.nextInt(6)];
        for (int line = 0; line < lines.length; line++) {
          lines[line] = line("metric " + line, random.nextInt(90), random.nextInt(90));
        }
        groups.add(group("group " + i, lines));
      }
      IntervalPlot plot = plot(groups.toArray(Group[]::new));
      double before = 0;
      for (IntervalPlot.Label label : plot.labels()) {
        assertThat(label.y()).isGreaterThanOrEqualTo(before + 15);
        before = label.y();
      }
      before = 0;
      for (IntervalPlot.Mark mark : plot.marks()) {
        assertThat(mark.y()).isGreaterThanOrEqualTo(before + 8);
        assertThat(mark.left()).isBetween((double) IntervalPlot.LEFT, mark.x());
        assertThat(mark.right()).isBetween(mark.x(), IntervalPlot.WIDTH - 0.0);
        before = mark.y();
      }
      assertThat(before).isLessThan(plot.height() - IntervalPlot.BOTTOM);
    }
  }

  @Test
  void longNamesAreCutInThePictureAndWholeInWords() {
    String name = "𝔴".repeat(300);
    IntervalPlot plot = plot(group(name, line(name, 1, 2)));

    assertThat(plot.labels())
        .allMatch(label -> label.text().endsWith("𝔴…") && label.text().length() < 250);
    assertThat(plot.description()).contains(name);
  }

  @Test
  void theLegendNamesSeriesWhereThereAreSeveral() {
    Element two = Blocks.element("intervals", plot(group("g", line("m", 1, 2))));
    assertThat(two.select(".legend > span").eachText()).isEqualTo(SERIES);
    Element one =
        Blocks.element(
            "intervals",
            new IntervalPlot(
                "plot",
                "t",
                Axis.percent("Score"),
                List.of("alone"),
                List.of(group("g", new Line("m", List.of(value(0.5)))))));
    assertThat(one.select(".legend")).isEmpty();
  }

  @Test
  void textIsEscaped() {
    Element svg = Blocks.svg("intervals", plot(group(Blocks.HOSTILE, line(Blocks.HOSTILE, 1, 2))));
    assertThat(svg.select("script, [onload]")).isEmpty();
    assertThat(svg.selectFirst("text.name").wholeText()).isEqualTo(Blocks.HOSTILE);
  }
}
