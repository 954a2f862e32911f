package org.pyramidspark.report;

import static org.pyramidspark.report.Figures.count;
import static org.pyramidspark.report.Figures.mebibytes;
import static org.pyramidspark.report.Figures.number;
import static org.pyramidspark.report.Figures.percent;
import static org.pyramidspark.report.MarkdownTable.cell;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.pyramidspark.report.RunReport.Engine;
import org.pyramidspark.report.RunReport.Kv;
import org.pyramidspark.report.RunReport.Latencies;
import org.pyramidspark.report.RunReport.Quantiles;
import org.pyramidspark.report.RunReport.Rows;
import org.pyramidspark.report.RunReport.Session;
import org.pyramidspark.report.RunReport.Throughput;

/** The report for people. */
public final class MarkdownReport {
  private MarkdownReport() {}

  public static String of(RunReport report) {
    return String.join(
        "\n",
        heading(report),
        rows(report.rows()),
        MarkdownTable.errorRows(report.errorRows()),
        sessions(report.sessions()),
        throughput(report.throughput()),
        kv(report.kv()),
        latency(report.latency()),
        breakdown(report.breakdown()),
        "## Executors\n\n" + MarkdownTable.of(ReportTables.executors(report.executors())),
        quality(report),
        report.guard() == null ? "" : new GuardPage(report.guard()).toMarkdown(),
        MarkdownTable.entries("Settings", "Option", report.settings()),
        engines(report),
        MarkdownTable.entries("Versions", "Of", report.versions()));
  }

  private static String heading(RunReport report) {
    return """
    # Run of %s

    Model %s (`%s`, SHA-256 `%s`).
    """
        .formatted(
            report.started(),
            cell(report.model().name()),
            report.model().path(),
            report.model().sha256());
  }

  private static String rows(Rows rows) {
    return """
    ## Rows

    | Rows | With errors | Prompt cut |
    |---:|---:|---:|
    | %s | %s | %s |

    Ended by: %s.%s
    """
        .formatted(
            count(rows.total()),
            count(rows.errors()),
            count(rows.truncated()),
            counts(rows.finishReasons()),
            rows.errors() == 0 ? "" : " Errors: " + counts(rows.errorKinds()) + ".");
  }

  private static String counts(Map<String, Long> rows) {
    return rows.entrySet().stream()
        .map(entry -> entry.getKey() + " " + count(entry.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static String sessions(List<Session> sessions) {
    return sessions.size() == 1
        ? ""
        : "The run was stopped and resumed.\n\n"
            + MarkdownTable.of(ReportTables.sessions(sessions));
  }

  private static String throughput(Throughput rates) {
    return """
    ## Throughput

    | | Tokens | Tokens/s over the run | Tokens/s of such steps | Seconds in such steps |
    |---|---:|---:|---:|---:|
    | Prompt (prefill) | %s | %s | %s | %s |
    | Generated (decode) | %s | %s | %s | %s |

    %s rows/s. The run took %s s: %s s to complete the rows, of which loading the model took %s s.
    """
        .formatted(
            count(rates.promptTokens()),
            number(rates.promptTokensPerSecond()),
            number(rates.prefillTokensPerSecond()),
            number(rates.prefillSeconds()),
            count(rates.generatedTokens()),
            number(rates.generatedTokensPerSecond()),
            number(rates.decodeTokensPerSecond()),
            number(rates.decodeSeconds()),
            Figures.format("%.3f", rates.rowsPerSecond()),
            number(rates.totalSeconds()),
            number(rates.generateSeconds()),
            number(rates.modelLoadSeconds()));
  }

  private static String kv(Kv kv) {
    return """
    ## KV cache

    | Entries kept | Bytes of all rows | With a full cache | Share | Peak of an engine |
    |---:|---:|---:|---:|---:|
    | %s | %s | %s | %s | %s |

    Entries kept by layer, from the first: %s.
    Beginnings that prompts share: %s tokens were not computed again, %s not stored twice.
    Budget of an engine: %s. At most %s rows ran at once in one engine; rows were set back %s times.
    """
        .formatted(
            percent(kv.keptFraction()),
            mebibytes(kv.rowPeakBytes()),
            mebibytes(kv.fullBytes()),
            percent(kv.peakToFull()),
            mebibytes(kv.enginePeakBytes()),
            kv.keptByLayer().stream().map(Figures::percent).collect(Collectors.joining(", ")),
            count(kv.sharedPromptTokens()),
            mebibytes(kv.sharedBytes()),
            mebibytes(kv.engineBudgetBytes()),
            count(kv.mostRunningRows()),
            count(kv.setBacks()));
  }

  private static String latency(Latencies latency) {
    return """
    ## Latency

    Seconds, in a batch with other rows.

    | | Mean | 50 %% | 90 %% | 99 %% | Longest |
    |---|---:|---:|---:|---:|---:|
    | Prefill | %s |
    | Decode | %s |
    | Row | %s |
    """
        .formatted(cells(latency.prefill()), cells(latency.decode()), cells(latency.row()));
  }

  private static String cells(Quantiles times) {
    return Figures.format(
        "%.3f | %.3f | %.3f | %.3f | %.3f",
        times.mean(), times.p50(), times.p90(), times.p99(), times.max());
  }

  private static String breakdown(Map<String, Double> seconds) {
    double total = seconds.values().stream().mapToDouble(Double::doubleValue).sum();
    return seconds.entrySet().stream()
        .map(
            part ->
                "| %s | %s | %s |"
                    .formatted(
                        part.getKey(),
                        Figures.format("%.1f", part.getValue()),
                        percent(total == 0 ? 0 : part.getValue() / total)))
        .collect(
            Collectors.joining(
                "\n",
                """
                ## Where the engines' time went

                | Part | Seconds | Share |
                |---|---:|---:|
                """,
                "\n"));
  }

  private static String quality(RunReport report) {
    if (report.rouge() == null) {
      return "## Quality\n\nNo row has a reference.\n";
    }
    return """
    ## Quality

    F-measures against the references of %s rows, in percent.

    | ROUGE-1 | ROUGE-2 | ROUGE-L |
    |---:|---:|---:|
    | %s |
    """
        .formatted(
            count(report.rouge().scoredRows()),
            Figures.format(
                "%.2f | %.2f | %.2f",
                100 * report.rouge().rouge1(),
                100 * report.rouge().rouge2(),
                100 * report.rouge().rougeL()));
  }

  private static String engines(RunReport report) {
    return report.engines().stream()
        .map(MarkdownReport::engine)
        .collect(
            Collectors.joining(
                "\n",
                """
                ## Engines

                | Engine | Host | Processor | Cores | Memory | Threads | Compute / KV | Deterministic | Kernels | TensorFlow |
                |---|---|---|---:|---:|---:|---|---|---|---|
                """,
                "\n"));
  }

  private static String engine(Engine engine) {
    return "| %s | %s | %s | %d | %s | %d | %s | %s | %s | %s |"
        .formatted(
            cell(engine.name()),
            cell(engine.host()),
            cell(engine.cpu()),
            engine.cores(),
            mebibytes(engine.memoryBytes()),
            engine.threads(),
            cell(engine.types()),
            engine.deterministic() ? "yes" : "no",
            cell(engine.kernels()),
            cell(engine.tensorflow()));
  }
}
