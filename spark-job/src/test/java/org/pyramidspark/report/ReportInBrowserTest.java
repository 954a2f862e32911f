package org.pyramidspark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pyramidspark.Browser;
import org.pyramidspark.comparison.SampleComparison;
import org.pyramidspark.evaluation.EvaluationText;
import org.pyramidspark.evaluation.SampleEvaluation;

/** Pages as a real browser draws them; skipped where none is installed. */
class ReportInBrowserTest {
  private static final int WIDE = 1200;
  private static final int NARROW = 500;
  private static final int HEIGHT = 2600;

  @TempDir Path folder;
  private Browser browser;

  @BeforeEach
  void findBrowser() {
    Optional<Browser> found = Browser.find(folder);
    assumeTrue(found.isPresent(), "No chromium on the PATH: the page is not tested in a browser.");
    browser = found.orElseThrow();
  }

  /** A page of each kind, with long texts. */
  private enum Kind {
    RUN(text -> HtmlReport.of(SampleReport.with(text))),
    COMPARISON(SampleComparison::page),
    EVALUATION(text -> EvaluationText.html(SampleEvaluation.with(text, true, 4)));

    private final UnaryOperator<String> page;

    Kind(UnaryOperator<String> page) {
      this.page = page;
    }
  }

  private String write(Kind kind) throws IOException {
    String page = kind.page.apply("A text of the corpus. ".repeat(20));
    Files.writeString(folder.resolve("report.html"), page);
    return page;
  }

  @ParameterizedTest
  @EnumSource
  void thePageFollowsTheReadersColours(Kind kind) throws Exception {
    write(kind);
    BufferedImage light = screenshot("light", WIDE);
    BufferedImage dark = screenshot("dark", WIDE);

    assertThat(brightness(light.getRGB(2, 2))).isGreaterThan(0.9f);
    assertThat(brightness(dark.getRGB(2, 2))).isLessThan(0.2f);
    assertThat(colours(light)).isGreaterThan(20);
    assertThat(colours(dark)).isGreaterThan(20);
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsWiderThanANarrowWindow(Kind kind) throws Exception {
    write(kind);
    for (String scheme : List.of("light", "dark")) {
      BufferedImage page = screenshot(scheme, NARROW);
      // The margin stays free: nothing is wider than the window.
      int margin = page.getRGB(2, 2);
      assertThat(IntStream.range(0, HEIGHT).map(y -> page.getRGB(NARROW - 3, y)))
          .as(scheme)
          .containsOnly(margin);
    }
  }

  /** With every fold open, and without what stands before the rows: a window has an end. */
  @Test
  void rowsOfAComparisonFitAndShowEveryShade() throws Exception {
    Document rows = Jsoup.parse(write(Kind.COMPARISON));
    rows.select("section:not(#rows), header").remove();
    rows.select("details").attr("open", "");
    String page = rows.html();
    Files.writeString(folder.resolve("report.html"), page);
    for (String scheme : List.of("light", "dark")) {
      BufferedImage narrow = screenshot(scheme, NARROW);
      int margin = narrow.getRGB(2, 2);
      assertThat(IntStream.range(0, HEIGHT).map(y -> narrow.getRGB(NARROW - 3, y)))
          .as(scheme)
          .containsOnly(margin);
      assertThat(rgb(screenshot(scheme, WIDE))).as(scheme).containsAll(shades(page, scheme));
    }
  }

  private static Set<Integer> rgb(BufferedImage page) {
    return IntStream.range(0, page.getHeight())
        .flatMap(y -> IntStream.range(0, page.getWidth()).map(x -> page.getRGB(x, y) & 0xffffff))
        .boxed()
        .collect(Collectors.toSet());
  }

  /** The page's own colours of shades: the light ones first, then the dark ones. */
  private static List<Integer> shades(String page, String scheme) {
    List<Integer> colours =
        Pattern.compile("--k\\d: #(\\p{XDigit}{6})")
            .matcher(page)
            .results()
            .map(match -> Integer.valueOf(match.group(1), 16))
            .toList();
    int half = colours.size() / 2;
    return scheme.equals("dark") ? colours.subList(half, 2 * half) : colours.subList(0, half);
  }

  private BufferedImage screenshot(String scheme, int width) throws Exception {
    return browser.screenshot(
        folder.resolve("report.html").toUri().toString(),
        width,
        HEIGHT,
        "--blink-settings=preferredColorScheme=" + (scheme.equals("dark") ? 0 : 1));
  }

  private static float brightness(int rgb) {
    Color color = new Color(rgb);
    return Color.RGBtoHSB(color.getRed(), color.getGreen(), color.getBlue(), null)[2];
  }

  private static long colours(BufferedImage page) {
    return rgb(page).size();
  }
}
