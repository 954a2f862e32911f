package org.pyramidspark.comparison;

import static org.pyramidspark.report.Figures.count;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.pyramidspark.comparison.ComparisonReport.ErrorRow;
import org.pyramidspark.comparison.ComparisonReport.Rows;
import org.pyramidspark.report.RunReport.Engine;

/** The report of a comparison for people. */
public final class ComparisonText {
  private ComparisonText() {}

  /** What a terminal shows. */
  public static String console(ComparisonReport report) {
    return new ComparisonTable(report.policies()).markdown() + "\n" + counts(report.rows());
  }

  /** The page {@code report.md}. */
  public static String markdown(ComparisonReport report) {
    return String.join(
        "\n",
        heading(report),
        new ComparisonTable(report.policies()).markdown(),
        legend(),
        "## Rows\n",
        counts(report.rows()) + "\n",
        errors(report.errorRows()),
        table("Settings", "Option", report.settings()),
        engines(report.engines()),
        table("Versions", "Of", report.versions()));
  }

  private static String heading(ComparisonReport report) {
    return """
    # Comparison of %s

    Model %s (`%s`, SHA-256 `%s`).
    """
        .formatted(
            report.started(),
            plain(report.model().name()),
            report.model().path(),
            report.model().sha256());
  }

  private static String legend() {
    return """
    Tokens/s: prompt and generated tokens of all rows by the seconds that completing them took, policy by policy, with nothing else on the engine.
    KV kept, rows computed, KV bytes: after the prompts. KL (nats) and agreement: of the next token against the full cache along the full cache's
    own completions, mean over rows with its 95 % interval. NLL (nats) and perplexity: of the references' tokens. ROUGE (percent): of the completions
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

  private static String errors(List<ErrorRow> rows) {
    return rows.isEmpty()
        ? ""
        : rows.stream()
            .map(
                row ->
                    "| %s | %s | %s |".formatted(plain(row.id()), row.kind(), plain(row.reason())))
            .collect(Collectors.joining("\n", "| Row | Error | Reason |\n|---|---|---|\n", "\n"));
  }

  private static String engines(List<Engine> engines) {
    return engines.stream()
        .map(
            engine ->
                "| %s | %s | %s | %d | %s | %s | %s |"
                    .formatted(
                        plain(engine.name()),
                        plain(engine.host()),
                        plain(engine.cpu()),
                        engine.threads(),
                        plain(engine.types()),
                        plain(engine.kernels()),
                        plain(engine.tensorflow())))
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

  private static String table(String title, String head, Map<String, String> entries) {
    return entries.entrySet().stream()
        .map(entry -> "| %s | %s |".formatted(plain(entry.getKey()), plain(entry.getValue())))
        .collect(
            Collectors.joining(
                "\n", "## %s\n\n| %s | Value |\n|---|---|\n".formatted(title, head), "\n"));
  }

  /** Text that cannot end a table's cell. */
  private static String plain(String text) {
    return text.replace("|", "\\|").replaceAll("\\R", " ");
  }
}
