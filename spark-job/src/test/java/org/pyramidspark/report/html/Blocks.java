package org.pyramidspark.report.html;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;

/** Blocks as they stand on a page. */
final class Blocks {
  /** Text that would break out of tags, attributes, scripts or comments. */
  static final String HOSTILE =
      "</title></svg><script>alert('x')</script>\" onload=\"x' <!-- &amp;";

  private Blocks() {}

  /** The SVG that a block's template draws. */
  static Element svg(String template, Object block) {
    Element svg = element(template, block).selectFirst("svg");
    assertAccessible(svg);
    return svg;
  }

  static Element element(String template, Object block) {
    StringOutput html = new StringOutput();
    TemplateEngine.createPrecompiled(
            null, ContentType.Html, Blocks.class.getClassLoader(), "org.pyramidspark.report.page")
        .render("block/" + template + ".jte", block, html);
    return Jsoup.parse(html.toString()).body();
  }

  private static void assertAccessible(Element svg) {
    String[] labels = svg.attr("aria-labelledby").split(" ");
    if (!svg.attr("role").equals("img")
        || svg.selectFirst("> title#" + labels[0]).text().isEmpty()
        || svg.selectFirst("> desc#" + labels[1]).text().isEmpty()) {
      throw new AssertionError("The picture has no title or description: " + svg);
    }
  }

  static double number(Element element, String attribute) {
    return Double.parseDouble(element.attr(attribute));
  }
}
