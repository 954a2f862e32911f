package org.pyramidspark.monitoring;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.spark.ui.UIUtils;
import org.apache.spark.ui.WebUIPage;
import scala.Function0;
import scala.Option;
import scala.collection.immutable.Seq;
import scala.xml.Node;

/** The tab's one page: the run, and each executor's part in it. */
final class RunPage extends WebUIPage {
  private static final List<String> HEADERS =
      List.of(
          "Executor",
          "Rows done",
          "Rows failed",
          "Tokens",
          "Tokens/s",
          "KV in use",
          "KV budget",
          "Kept fraction");
  private static final double MIB = 1 << 20;

  private final PyramidTab tab;
  private final LiveRun run;

  RunPage(PyramidTab tab, LiveRun run) {
    super("");
    this.tab = tab;
    this.run = run;
  }

  @Override
  public Seq<Node> render(HttpServletRequest request) {
    Function0<Seq<Node>> content = () -> Markup.nodes(List.of(head(), table()));
    return UIUtils.headerSparkPage(
        request, tab.name(), content, tab, Option.empty(), false, false, false);
  }

  private Node head() {
    return Markup.element(
        "ul",
        "list-unstyled",
        item("Model", run.label().model()),
        item("Output", run.label().output()),
        item("Rows of the run", format("%,d", run.totalRows())));
  }

  private static Node item(String name, String value) {
    return Markup.element(
        "li", "", Markup.element("strong", "", Markup.text(name + ": ")), Markup.text(value));
  }

  private Node table() {
    Stream<Node> executors =
        run.executors().entrySet().stream().map(part -> row(part.getKey(), part.getValue()));
    return Markup.element(
        "table",
        UIUtils.TABLE_CLASS_STRIPED(),
        Markup.element("thead", "", cells("th", HEADERS)),
        Markup.element(
            "tbody",
            "",
            Stream.concat(Stream.of(row("all", run.overall())), executors).toArray(Node[]::new)));
  }

  private static Node row(String executor, LiveFigures figures) {
    return cells(
        "td",
        List.of(
            executor,
            format("%,d", figures.rows()),
            format("%,d", figures.failedRows()),
            format("%,d", figures.tokens()),
            format("%,.0f", figures.tokensPerSecond()),
            mebibytes(figures.kvBytes()),
            mebibytes(figures.kvBudget()),
            format("%.3f", figures.keptKvFraction())));
  }

  private static String mebibytes(long bytes) {
    return format("%,.1f MiB", bytes / MIB);
  }

  /** The same on every machine. */
  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private static Node cells(String kind, List<String> texts) {
    return Markup.element(
        "tr",
        "",
        texts.stream()
            .map(text -> Markup.element(kind, "", Markup.text(text)))
            .toArray(Node[]::new));
  }
}
