package org.pyramidspark.comparison;

import static org.pyramidspark.report.Figures.format;
import static org.pyramidspark.report.Figures.percent;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pyramidspark.comparison.ComparisonReport.AtMemory;
import org.pyramidspark.comparison.ComparisonReport.AtTime;
import org.pyramidspark.comparison.ComparisonReport.Difference;
import org.pyramidspark.comparison.ComparisonReport.Divergence;
import org.pyramidspark.comparison.ComparisonReport.Policy;
import org.pyramidspark.comparison.ComparisonReport.Ranked;

/** Which policy wins at equal memory and at equal time, in plain sentences. */
final class ComparisonVerdict {
  private final ComparisonReport report;
  private final Map<String, Policy> policies;

  ComparisonVerdict(ComparisonReport report) {
    this.report = report;
    this.policies =
        report.policies().stream().collect(Collectors.toMap(Policy::name, Function.identity()));
  }

  /** A sentence for each budget, and for each step of time; none without rows. */
  List<String> sentences() {
    return Stream.concat(
            report.bestAtMemory().stream().map(this::sentence),
            report.bestAtTime().stream().map(this::sentence))
        .toList();
  }

  private String sentence(AtMemory group) {
    Ranked best = group.policies().getFirst();
    String at =
        "At a budget of %s of the KV, %s is best: %s, with %s kept."
            .formatted(
                percent(group.budget()),
                best.name(),
                loss(best.name()),
                percent(policies.get(best.name()).kv().keptFraction()));
    return group.policies().size() == 1
        ? at + " No other policy keeps as much."
        : at + next(group.policies().get(1));
  }

  private static String next(Ranked second) {
    Difference more = second.klOverBest();
    return " Next is %s, whose KL is %s higher%s."
        .formatted(
            second.name(),
            format("%.4f", more.mean()),
            more.low() == null
                ? ""
                : format(
                    " (%.4f to %.4f, p = %.3f), which is %s",
                    more.low(),
                    more.high(),
                    more.pValue(),
                    more.low() > 0 ? "a clear difference" : "no clear difference"));
  }

  private String sentence(AtTime step) {
    if (isFull(step.name())) {
      return report.bestAtTime().size() == 1
          ? "No policy takes less time than the full cache."
          : "With all of the full cache's time, the full cache itself is best.";
    }
    return "With %s of the full cache's time, %s is best: %s."
        .formatted(percent(step.timeToFull()), step.name(), loss(step.name()));
  }

  private boolean isFull(String name) {
    return report.policies().getFirst().name().equals(name);
  }

  private String loss(String policy) {
    Divergence divergence = policies.get(policy).divergence();
    return "KL %s, agreement %s"
        .formatted(
            MeanText.of("%.4f", divergence.kl(), 1),
            MeanText.of("%.1f", divergence.agreement(), 100) + " %");
  }
}
