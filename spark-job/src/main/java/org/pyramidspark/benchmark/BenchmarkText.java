package org.pyramidspark.benchmark;

import java.util.stream.Collectors;
import org.pyramidspark.benchmark.BenchmarkReport.PolicyResult;
import org.pyramidspark.report.Figures;

/** The report for people, in Markdown. */
public final class BenchmarkText {
  private BenchmarkText() {}

  public static String of(BenchmarkReport report) {
    return heading(report) + results(report) + breakdown(report);
  }

  private static String heading(BenchmarkReport report) {
    return Figures.format(
        """
        Workload %s: %,d rows, %,d prompt tokens, %,d new tokens each. %s, %d threads, kernels %s, compute %s, KV %s.
        TensorFlow's MatMul: float32 %.0f, bfloat16 %.0f GFLOP/s. Memory read: %.1f GB/s. Peak RSS: %,d MiB.

        """,
        report.workload(),
        report.rows(),
        report.promptTokens(),
        report.newTokens(),
        report.machine().cpu(),
        report.machine().threads(),
        report.machine().kernels(),
        report.computeType(),
        report.kvType(),
        report.rates().float32Gflops(),
        report.rates().bfloat16Gflops(),
        report.rates().memoryGbytes(),
        report.peakRssBytes() >> 20);
  }

  private static String results(BenchmarkReport report) {
    return report.policies().stream()
        .map(
            result ->
                Figures.format(
                    "| %s | %.1f %% | %.2f | %.2f | %.2f | %.0f | %.0f | %.3f | %,d | %d (%.1f) | %.2f | %.2f | %s |",
                    result.policy(),
                    100 * result.keptKvFraction(),
                    result.totalSeconds(),
                    result.prefillSeconds(),
                    result.decodeSeconds(),
                    result.promptTokensPerSecond(),
                    result.newTokensPerSecond(),
                    result.rowsPerSecond(),
                    result.peakKvBytes() >> 20,
                    result.mostRunningRows(),
                    result.meanRunningRows(),
                    result.idealSeconds(),
                    result.toIdeal(),
                    result.sparkSeconds() == null
                        ? ""
                        : Figures.format("%.2f", result.sparkSeconds())))
        .collect(
            Collectors.joining(
                "\n",
                """
                | Policy | KV kept | Total s | Prefill s | Decode s | Prompt tokens/s | New tokens/s | Rows/s | Peak KV MiB | Rows at once, most (mean) | Ideal s | Total / ideal | In Spark s |
                |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
                """,
                "\n\n"));
  }

  private static String breakdown(BenchmarkReport report) {
    String policies =
        report.policies().stream().map(PolicyResult::policy).collect(Collectors.joining(" | "));
    String rule = "---:|".repeat(report.policies().size());
    return report.policies().getFirst().breakdown().keySet().stream()
        .map(part -> "| " + part + " | " + seconds(report, part) + " |")
        .collect(
            Collectors.joining(
                "\n", "| Seconds in | " + policies + " |\n|---|" + rule + "\n", "\n"));
  }

  private static String seconds(BenchmarkReport report, String part) {
    return report.policies().stream()
        .map(result -> Figures.format("%.2f", result.breakdown().get(part)))
        .collect(Collectors.joining(" | "));
  }
}
