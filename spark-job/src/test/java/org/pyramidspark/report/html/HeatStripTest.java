package org.pyramidspark.report.html;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pyramidspark.report.html.Blocks.number;

import java.util.List;
import org.jsoup.nodes.Element;
import org.jsoup.select.Elements;
import org.junit.jupiter.api.Test;

class HeatStripTest {

  @Test
  void cellsLieSideBySideAndAreShadedByTheirShares() {
    HeatStrip strip =
        new HeatStrip("heat", "Kept", "in words", List.of(0.0, 0.124, 0.125, 0.5, 0.999, 1.0));
    Element svg = Blocks.svg("heat", strip);
    Elements cells = svg.select("rect");

    assertThat(svg.attr("viewBox")).isEqualTo("0 0 6 1");
    assertThat(cells)
        .extracting(cell -> cell.attr("class"))
        .containsExactly("cell k0", "cell k0", "cell k1", "cell k4", "cell k7", "cell k8");
    for (int i = 0; i < cells.size(); i++) {
      assertThat(number(cells.get(i), "x")).isEqualTo(i);
    }
  }

  @Test
  void onlyEverythingHasTheLastShade() {
    assertThat(Shades.of(1)).isEqualTo(Shades.all().getLast());
    assertThat(Shades.of(Math.nextDown(1.0))).isLessThan(Shades.all().getLast());
    assertThat(Shades.of(0)).isEqualTo(Shades.all().getFirst());
  }

  @Test
  void textIsEscaped() {
    Element svg =
        Blocks.svg("heat", new HeatStrip("heat", Blocks.HOSTILE, Blocks.HOSTILE, List.of(1.0)));
    assertThat(svg.select("script, [onload]")).isEmpty();
    assertThat(svg.selectFirst("desc").wholeText()).isEqualTo(Blocks.HOSTILE);
  }
}
