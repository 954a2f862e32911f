package org.pyramidspark.benchmark;

import java.util.stream.Collectors;
import org.pyramidspark.report.Figures;

/** A cluster's report for people, in Markdown. */
public final class ClusterText {
  private ClusterText() {}

  public static String of(ClusterReport report) {
    return Figures.format(
            """
            Workload %s: %,d rows, %,d prompt tokens, %,d new tokens each, for one executor. %s, %d threads each, kernels %s, %s, policy %s. Start-up %.1f s.

            | Scaling | Executors | Seconds | Tokens/s | To one | Without a task s | Share | Shuffle bytes |
            |---|---:|---:|---:|---:|---:|---:|---:|
            """,
            report.workload(),
            report.rows(),
            report.promptTokens(),
            report.newTokens(),
            report.machine().cpu(),
            report.machine().threads(),
            report.machine().kernels(),
            report.types(),
            report.policy(),
            report.startUpSeconds())
        + report.points().stream().map(ClusterText::line).collect(Collectors.joining());
  }

  private static String line(ClusterReport.Point point) {
    return Figures.format(
        "| %s | %d | %.2f | %.0f | %.2f | %.2f | %.1f %% | %d |\n",
        point.scaling(),
        point.executors(),
        point.seconds(),
        point.tokensPerSecond(),
        point.toSingle(),
        point.stragglerSeconds(),
        100 * point.idleShare(),
        point.shuffleBytes());
  }
}
