package org.pyramidspark.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.parser.Parser;

/** What every page of a report is held to. */
public final class Pages {
  /** Texts that would break out of tags, attributes, scripts or comments. */
  public static final List<String> HOSTILE =
      List.of(
          "<script>alert(1)</script>",
          "</title></style></svg><img src=x onerror=alert(1)>",
          "\" onload=\"alert(1)",
          "' autofocus onfocus='alert(1)",
          "${7*7} @if(true) !{x} $unsafe{x} <%-- --> ]]>",
          "&lt;b&gt; &amp; &#0;",
          "<!-- <![CDATA[ -->",
          "\u202Ereversed\u202C \u0000\u0007\u001b[31m");

  private Pages() {}

  /** Parses a page, which must be whole: well-formed, linked, described, and without a need. */
  public static Document whole(String html) {
    Parser parser = Parser.htmlParser().setTrackErrors(10);
    Document page = Jsoup.parse(html, parser);
    assertThat(parser.getErrors()).isEmpty();
    assertThat(page.select("[id]")).extracting(Element::id).doesNotHaveDuplicates();
    assertNeedsNothing(page);
    for (Element link : page.select("nav a")) {
      assertThat(page.selectFirst("section" + link.attr("href") + " > h2")).isNotNull();
    }
    assertThat(page.select("nav a")).hasSameSizeAs(page.select("section"));
    for (Element svg : page.select("svg")) {
      for (String label : svg.attr("aria-labelledby").split(" ")) {
        assertThat(svg.selectFirst("#" + label).text()).isNotBlank();
      }
    }
    assertThat(page.select(".number, .value, .note, svg, li, h1").text())
        .doesNotContain("NaN", "Infinity", "null");
    return page;
  }

  private static void assertNeedsNothing(Document page) {
    assertThat(page.select("script, link, iframe, img, object, embed, [src], [srcset], [style]"))
        .isEmpty();
    assertThat(page.select("a[href]")).allMatch(link -> link.attr("href").startsWith("#"));
    assertThat(page.select("style").html()).doesNotContain("url(", "@import");
    assertThat(page.html()).doesNotContainPattern("(?i)(https?:)?//\\w");
    assertThat(page.selectFirst("meta[http-equiv=Content-Security-Policy]").attr("content"))
        .startsWith("default-src 'none'");
  }

  /** Holds that a hostile text has changed nothing but texts. */
  public static void assertSameShape(Document page, Document plain) {
    assertThat(page.select("*")).extracting(Element::tagName).isEqualTo(names(plain));
    assertThat(attributes(page)).isEqualTo(attributes(plain));
    assertThat(page.html()).doesNotContain("\u0000", "\u0007", "\u001b");
  }

  private static List<String> names(Document page) {
    return page.select("*").stream().map(Element::tagName).toList();
  }

  private static List<String> attributes(Document page) {
    return page.select("*").stream()
        .flatMap(element -> element.attributes().asList().stream())
        .map(attribute -> attribute.getKey())
        .toList();
  }

  /** A text as pages show it. */
  public static String shown(String text) {
    return text.replaceAll("[\\p{Cntrl}&&[^\n\t]]", "\uFFFD");
  }

  /** Texts of a table's column. */
  public static List<String> cells(Document page, String caption, int column) {
    return page.select("table").stream()
        .filter(table -> table.select("caption").text().equals(caption))
        .flatMap(table -> table.select("tbody tr").stream())
        .map(row -> row.child(column).wholeText())
        .toList();
  }
}
