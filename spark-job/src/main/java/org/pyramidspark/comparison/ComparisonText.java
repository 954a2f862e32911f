package org.pyramidspark.comparison;

import static org.pyramidspark.report.Figures.count;
import static org.pyramidspark.report.MarkdownTable.cell;

import java.util.List;
import java.util.stream.Collectors;
import org.pyramidspark.comparison.ComparisonReport.Rows;
import org.pyramidspark.report.HtmlReport;
import org.pyramidspark.report.MarkdownTable;
import org.pyramidspark.report.RunReport.Engine;

/** The report of a comparison for people. */
public final class ComparisonText {
  private ComparisonText() {}

  /** What a terminal shows. */
  public static String console(ComparisonReport report) {
    return new ComparisonTable(report.policies()).markdown()
        + "\n"
        + counts(report.rows())
        + new ComparisonVerdict(report)
            .sentences().stream().map(sentence -> "\n" + sentence).collect(Collectors.joining());
  }

  /** The page {@code report.md}. */
  public static String markdown(ComparisonReport report) {
    return String.join(
        "\n",
        heading(report),
        new ComparisonTable(report.policies()).markdown(),
        legend(),
        verdict(report),
        "## Rows\n",
        counts(report.rows()) + "\n",
        MarkdownTable.errorRows(report.errorRows()),
        MarkdownTable.entries("Settings", "Option", report.settings()),
        engines(report.engines()),
        MarkdownTable.entries("Versions", "Of", report.versions()));
  }

  /**
   * The page {@code report.html}.
   *
   * @param examples the rows that it shows whole
   */
  public static String html(ComparisonReport report, List<ComparedExample> examples) {
    return HtmlReport.of(new ComparisonPage(report, examples).page());
  }

  private static String heading(ComparisonReport report) {
    return """
    # Comparison of %s

    Model %s (`%s`, SHA-256 `%s`).
    """
        .formatted(
            report.started(),
            cell(report.model().name()),
            report.model().path(),
            report.model().sha256());
  }

  private static String verdict(ComparisonReport report) {
    return new ComparisonVerdict(report)
        .sentences().stream()
            .map(sentence -> "- " + cell(sentence) + "\n")
            .collect(Collectors.joining("", "## Which is best\n\n", ""));
  }

  private static String legend() {
    return """
    Tokens/s: prompt and generated tokens of all rows by the seconds that completing them took, policy by policy, with nothing else on the engine.
    KV kept, rows computed, KV bytes: after the prompts. KL (nats) and agreement: of the next token against the full cache along the full cache's
    own completions, mean over rows with its 95 % interval of the bootstrap. NLL (nats) and perplexity: of the references' tokens. ROUGE (percent): of the completions
    against the references, and against the full cache's completions.
    """;
  }

  private static String counts(Rows rows) {
    String kinds =
        rows.errorKinds().entrySet().stream()
            .map(kind -> kind.getKey() + " " + count(kind.getValue()))
            .collect(Collectors.joining(", "));
    return "%s rows: %s compared, of which %s with a cut prompt; %s with errors%s."
        .formatted(
            count(rows.total()),
            count(rows.compared()),
            count(rows.truncated()),
            count(rows.errors()),
            kinds.isEmpty() ? "" : " (" + kinds + ")");
  }

  private static String engines(List<Engine> engines) {
    return engines.stream()
        .map(
            engine ->
                "| %s | %s | %s | %d | %s | %s | %s |"
                    .formatted(
                        cell(engine.name()),
                        cell(engine.host()),
                        cell(engine.cpu()),
                        engine.threads(),
                        cell(engine.types()),
                        cell(engine.kernels()),
                        cell(engine.tensorflow())))
        .collect(
            Collectors.joining(
                "\n",
                """
                ## Engines

                | Engine | Host | Processor | Threads | Compute / KV | Kernels | TensorFlow |
                |---|---|---|---:|---|---|---|
                """,
                "\n"));
  }
}
