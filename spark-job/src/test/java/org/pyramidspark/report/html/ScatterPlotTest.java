package org.pyramidspark.report.html;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.pyramidspark.report.html.Blocks.number;

import java.awt.geom.Rectangle2D;
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
    // What is beaten is drawn first.
    Element full = svg.select("circle").get(1);
    Element good = svg.select("circle").get(2);

    assertThat(number(full, "cx")).isEqualTo(ScatterPlot.WIDTH - ScatterPlot.RIGHT);
    assertThat(number(good, "cx"))
        .isCloseTo((ScatterPlot.LEFT + number(full, "cx")) / 2, within(0.1));
    assertThat(number(full, "cy")).isLessThan(number(good, "cy"));
    double unit = (number(good, "cy") - number(full, "cy")) / 0.04;
    String[] ends = svg.select("path").get(2).attr("d").split("[MHV ]+");
    assertThat(Double.parseDouble(ends[5]))
        .isCloseTo(number(good, "cy") - 0.01 * unit, within(0.2));
    assertThat(Double.parseDouble(ends[6]))
        .isCloseTo(number(good, "cy") + 0.02 * unit, within(0.2));
  }

  @Test
  void whatIsBeatenStandsBehindAndHasNoLabel() {
    Element svg = Blocks.svg("scatter", PLOT);
    assertThat(svg.select("g.behind title").eachText()).containsExactly("bad: 0.6, 0.9");
    assertThat(svg.select("text.name").eachText())
        .containsExactlyInAnyOrder("small", "good", "full");
  }

  @Test
  void labelsNeitherCoverEachOtherNorLeaveTheDrawing() {
    Random random = new Random(6);
    for (int run = 0; run < 100; run++) {
      List<Point> points = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        double memory = random.nextDouble();
        points.add(point("policy " + i + "0 %", memory, 0.8 + 0.2 * memory));
      }
      List<Rectangle2D> boxes =
          plot(points.toArray(Point[]::new)).labels().stream().map(ScatterPlotTest::box).toList();
      assertThat(boxes).hasSizeGreaterThan(8);
      for (Rectangle2D box : boxes) {
        assertThat(boxes).filteredOn(box::intersects).containsExactly(box);
        assertThat(new Rectangle2D.Double(0, 0, ScatterPlot.WIDTH, ScatterPlot.HEIGHT))
            .matches(drawing -> drawing.contains(box));
      }
    }
  }

  /** At least as large as letters of 13 pixels are. */
  private static Rectangle2D box(ScatterPlot.Label label) {
    double width = 6.5 * label.text().length();
    return new Rectangle2D.Double(
        label.leftOfPoint() ? label.x() - width : label.x(), label.y() - 10, width, 12);
  }

  @Test
  void theLegendNamesEverySeriesOnce() {
    Element block = Blocks.element("scatter", PLOT);
    assertThat(block.select(".legend > span").eachText())
        .containsExactly("full", "good", "bad", "small");
    assertThat(block.select(".legend .swatch"))
        .extracting(Element::className)
        .containsExactly("swatch p0", "swatch p1", "swatch p2", "swatch p3");
  }

  @Test
  void textIsEscaped() {
    Element svg = Blocks.svg("scatter", plot(point(Blocks.HOSTILE, 0.5, 0.9)));
    assertThat(svg.select("script, [onload]")).isEmpty();
    assertThat(svg.selectFirst("g > title").wholeText()).isEqualTo(Blocks.HOSTILE + ": 0.5, 0.9");
  }
}
