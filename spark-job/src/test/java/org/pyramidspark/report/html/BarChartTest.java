package org.pyramidspark.report.html;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.pyramidspark.report.html.Blocks.number;

import java.util.List;
import java.util.stream.IntStream;
import org.jsoup.nodes.Element;
import org.jsoup.select.Elements;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pyramidspark.report.html.BarChart.Bar;

class BarChartTest {
  private static final double BASE = BarChart.HEIGHT - BarChart.BOTTOM;

  private static BarChart chart(int numBars) {
    List<Bar> bars =
        IntStream.range(0, numBars)
            .mapToObj(i -> new Bar("" + (i + 1), (i + 1.0) / numBars, i + " %"))
            .toList();
    return new BarChart("bars", "Kept", Axis.percent("Kept"), "Layer", bars);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 30, 80, 126})
  void barsStandOnTheBaseAsHighAsTheirValues(int numBars) {
    Elements bars = Blocks.svg("bars", chart(numBars)).select("rect");

    assertThat(bars).hasSize(numBars);
    double before = BarChart.LEFT - 0.1;
    for (int i = 0; i < numBars; i++) {
      Element bar = bars.get(i);
      double height = (BASE - BarChart.TOP) * (i + 1) / numBars;
      assertThat(number(bar, "height")).isCloseTo(height, within(0.11));
      assertThat(number(bar, "y") + number(bar, "height")).isCloseTo(BASE, within(0.11));
      assertThat(number(bar, "x")).isGreaterThanOrEqualTo(before);
      before = number(bar, "x") + number(bar, "width");
    }
    assertThat(before).isLessThanOrEqualTo(BarChart.WIDTH - BarChart.RIGHT + 0.1);
  }

  @Test
  void labelsHaveRoom() {
    Elements labels = Blocks.svg("bars", chart(80)).select("rect + text");
    assertThat(labels.stream().filter(label -> !label.text().isEmpty()).count())
        .isBetween(15L, 30L);
    assertThat(labels.getFirst().text()).isEqualTo("1");
  }

  @Test
  void theDescriptionHasEveryValue() {
    assertThat(Blocks.svg("bars", chart(3)).selectFirst("desc").text())
        .isEqualTo("Kept by Layer. 1: 0 %; 2: 1 %; 3: 2 %");
  }

  @Test
  void textIsEscaped() {
    Bar bar = new Bar(Blocks.HOSTILE, 0.5, Blocks.HOSTILE);
    Element svg =
        Blocks.svg(
            "bars",
            new BarChart(
                "bars",
                Blocks.HOSTILE,
                Axis.percent(Blocks.HOSTILE),
                Blocks.HOSTILE,
                List.of(bar)));
    assertThat(svg.select("script, [onload]")).isEmpty();
    assertThat(svg.selectFirst("rect + text").wholeText()).isEqualTo(Blocks.HOSTILE);
  }
}
