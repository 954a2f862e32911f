package org.pyramidspark.report;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import org.pyramidspark.report.html.Page;

/**
 * A report as one page that needs neither network nor scripts. Its templates are compiled with the
 * rest; they escape every text for the place where it stands.
 */
public final class HtmlReport {
  /** Where the build puts the classes of {@code src/main/jte}. */
  private static final String TEMPLATES = "org.pyramidspark.report.page";

  private HtmlReport() {}

  public static String of(RunReport report) {
    return page("run.jte", new RunPage(report));
  }

  /** A page of blocks alone. */
  public static String of(Page page) {
    return page("page.jte", page);
  }

  private static String page(String template, Object model) {
    StringOutput page = new StringOutput();
    TemplateEngine.createPrecompiled(
            null, ContentType.Html, HtmlReport.class.getClassLoader(), TEMPLATES)
        .render(template, model, page);
    return visible(page.toString());
  }

  /** HTML allows no control characters, and those of a corpus must not be lost unseen. */
  private static String visible(String html) {
    return html.replaceAll("[\\p{Cntrl}&&[^\n\t]]", "\uFFFD");
  }
}
