package org.pyramidspark.report.html;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.pyramidspark.report.html.Blocks.number;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.pyramidspark.report.html.ScatterPlot.Better;
import org.pyramidspark.report.html.ScatterPlot.Estimate;
import org.pyramidspark.report.html.ScatterPlot.Measure;
import org.pyramidspark.report.html.ScatterPlot.Point;

class ScatterPlotTest {
  private static final Measure MEMORY = new Measure(Axis.percent("KV kept"), Better.LOWER);

  private static Measure agreement() {
    return new Measure(Axis.holding("Agreement", 0.8, 1, "%.2f"::formatted), Better.HIGHER);
  }

  private static Point point(String label, double memory, double quality) {
    return new Point(
        label,
        label,
        Estimate.exact(memory),
        new Estimate(quality, quality - 0.02, quality + 0.01),
        memory + ", " + quality);
  }

  private static ScatterPlot plot(Point... points) {
    return new ScatterPlot("plot", "Quality over memory", MEMORY, agreement(), List.of(points));
  }

  private static final ScatterPlot PLOT =
      plot(
          point("full", 1, 0.98),
          point("good", 0.5, 0.94),
          point("bad", 0.6, 0.9),
          point("small", 0.3, 0.86));

  @Test
  void theFrontHoldsWhatNoOtherBeats() {
    assertThat(PLOT.front()).extracting(Point::label).containsExactly("small", "good", "full");
    assertThat(Blocks.svg("scatter", PLOT).selectFirst("desc").text())
        .startsWith("Agreement over KV kept. full: 1.0, 0.98; good")
        .endsWith("Not beaten by any other: small, good, full.");
  }

  @Test
  void directionsOfGoodnessDecide() {
    Measure high = new Measure(Axis.percent("Throughput"), Better.HIGHER);
    Measure low = new Measure(Axis.percent("Loss"), Better.LOWER);
    List<Point> points = List.of(point("a", 0.2, 0.1), point("b", 0.8, 0.1), point("c", 0.9, 0.5));
    assertThat(new ScatterPlot("plot", "t", high, low, points).front())
        .extracting(Point::label)
        .containsExactly("c", "b");
  }

  @Test
  void noPointOfTheFrontBeatsAnotherAndEveryOtherIsBeaten() {
    Random random = new Random(9);
    for (int run = 0; run < 200; run++) {
      List<Point> points = new ArrayList<>();
      for (int i = 0; i < 1 + random.nextInt(20); i++) {
        points.add(point("p" + i, random.nextInt(10) / 10.0, 0.8 + random.nextInt(10) / 50.0));
      }
      List<Point> front = plot(points.toArray(Point[]::new)).front();
      assertThat(front).isNotEmpty();
      for (Point point : points) {
        boolean beaten =
            points.stream()
                .anyMatch(
                    other ->
                        other.x().value() <= point.x().value()
                            && other.y().value() >= point.y().value()
                            && (other.x().value() < point.x().value()
                                || other.y().value() > point.y().value()));
        assertThat(front.contains(point)).isEqualTo(!beaten);
      }
    }
  }

  @Test
  void pointsStandWhereTheirValuesAreWithTheirIntervals() {
    Element svg = Blocks.svg("scatter", PLOT);
    Element full = svg.select("circle").getFirst();
    Element good = svg.select("circle").get(1);

    assertThat(number(full, "cx")).isEqualTo(ScatterPlot.WIDTH - ScatterPlot.RIGHT);
    assertThat(number(good, "cx"))
        .isCloseTo((ScatterPlot.LEFT + number(full, "cx")) / 2, within(0.1));
    assertThat(number(full, "cy")).isLessThan(number(good, "cy"));
    double unit = (number(good, "cy") - number(full, "cy")) / 0.04;
    String[] ends = svg.select("path").get(1).attr("d").split("[MHV ]+");
    assertThat(Double.parseDouble(ends[5]))
        .isCloseTo(number(good, "cy") - 0.01 * unit, within(0.2));
    assertThat(Double.parseDouble(ends[6]))
        .isCloseTo(number(good, "cy") + 0.02 * unit, within(0.2));
  }

  @Test
  void whatIsBeatenStandsBehind() {
    assertThat(Blocks.svg("scatter", PLOT).select("g.behind text"))
        .singleElement()
        .satisfies(label -> assertThat(label.text()).isEqualTo("bad"));
  }

  @Test
  void labelsAtTheRightEdgeStandToTheLeft() {
    assertThat(Blocks.svg("scatter", PLOT).select("text.name"))
        .extracting(label -> label.attr("text-anchor"))
        .containsExactly("end", "start", "start", "start");
  }

  @Test
  void textIsEscaped() {
    Element svg = Blocks.svg("scatter", plot(point(Blocks.HOSTILE, 0.5, 0.9)));
    assertThat(svg.select("script, [onload]")).isEmpty();
    assertThat(svg.selectFirst("text.name").wholeText()).isEqualTo(Blocks.HOSTILE);
  }
}
