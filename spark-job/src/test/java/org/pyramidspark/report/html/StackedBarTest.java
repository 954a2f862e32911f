package org.pyramidspark.report.html;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pyramidspark.report.html.Blocks.number;

import java.util.List;
import java.util.stream.IntStream;
import org.jsoup.nodes.Element;
import org.jsoup.select.Elements;
import org.junit.jupiter.api.Test;
import org.pyramidspark.report.html.StackedBar.Part;

class StackedBarTest {

  @Test
  void partsFillTheBarInOrderAndByTheirShares() {
    List<Part> parts =
        List.of(new Part("a", 6, "6 s"), new Part("none", 0, "0 s"), new Part("b", 2, "2 s"));
    Element svg = Blocks.svg("stacked", new StackedBar("bar", "Time", parts));
    Elements drawn = svg.select("rect");

    assertThat(drawn).extracting(rect -> number(rect, "x")).containsExactly(0.0, 750.0);
    assertThat(drawn).extracting(rect -> number(rect, "width")).containsExactly(750.0, 250.0);
    assertThat(drawn).extracting(rect -> rect.attr("class")).containsExactly("mark s0", "mark s2");
    assertThat(drawn).extracting(Element::text).containsExactly("a: 6 s", "b: 2 s");
    assertThat(svg.selectFirst("desc").text()).isEqualTo("a: 6 s; none: 0 s; b: 2 s");
  }

  @Test
  void manySmallPartsStayWithinTheBar() {
    List<Part> parts =
        IntStream.range(0, 300).mapToObj(i -> new Part("p" + i, i % 7, "" + i)).toList();
    for (Element rect :
        Blocks.svg("stacked", new StackedBar("bar", "Time", parts)).select("rect")) {
      assertThat(number(rect, "x") + number(rect, "width")).isBetween(0.0, StackedBar.WIDTH + 0.1);
    }
  }

  @Test
  void nothingToShareIsAnEmptyBar() {
    StackedBar bar = new StackedBar("bar", "Time", List.of(new Part("a", 0, "0 s")));
    assertThat(Blocks.svg("stacked", bar).select("rect")).isEmpty();
  }

  @Test
  void textIsEscaped() {
    StackedBar bar =
        new StackedBar("bar", Blocks.HOSTILE, List.of(new Part(Blocks.HOSTILE, 1, Blocks.HOSTILE)));
    Element svg = Blocks.svg("stacked", bar);
    assertThat(svg.select("script, [onload]")).isEmpty();
    assertThat(svg.selectFirst("> title").wholeText()).isEqualTo(Blocks.HOSTILE);
  }
}
