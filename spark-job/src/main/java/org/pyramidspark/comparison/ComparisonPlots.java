package org.pyramidspark.comparison;

import static org.pyramidspark.report.Figures.number;
import static org.pyramidspark.report.Figures.percent;
import static org.pyramidspark.report.Figures.plain;

import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.pyramidspark.comparison.ComparisonReport.Mean;
import org.pyramidspark.comparison.ComparisonReport.Policy;
import org.pyramidspark.report.Figures;
import org.pyramidspark.report.html.Axis;
import org.pyramidspark.report.html.Block;
import org.pyramidspark.report.html.Paragraph;
import org.pyramidspark.report.html.ScatterPlot;
import org.pyramidspark.report.html.ScatterPlot.Better;
import org.pyramidspark.report.html.ScatterPlot.Estimate;
import org.pyramidspark.report.html.ScatterPlot.Measure;
import org.pyramidspark.report.html.ScatterPlot.Point;
import org.pyramidspark.report.html.Subheading;

/**
 * What quality costs, as pictures.
 *
 * @param policies with rows, the full cache first
 */
record ComparisonPlots(List<Policy> policies) {
  /** Nobody tells less from nothing. */
  private static final double LEAST_KL = 0.001;

  /** The axis of agreement shows at least this much below all. */
  private static final double LEAST_SHOWN = 0.01;

  /** One of the two measures of a picture. */
  private record Scale(
      String id,
      Measure measure,
      Function<Policy, Estimate> value,
      Function<Policy, String> text) {}

  List<Block> overMemory() {
    return pictures(memory(), "memory");
  }

  List<Block> overTime() {
    return pictures(time(), "time");
  }

  private List<Block> pictures(Scale cost, String of) {
    return List.of(
        Paragraph.note(
            "Each point is a policy with its settings, lines are 95 % intervals. No other policy"
                + " beats those that the dashed line joins, the Pareto front, in both measures."),
        new Subheading("KL divergence from the full cache over " + of),
        plot(cost, kl()),
        new Subheading("Agreement with the full cache over " + of),
        plot(cost, agreement()));
  }

  private ScatterPlot plot(Scale cost, Scale quality) {
    return new ScatterPlot(
        quality.id() + "-over-" + cost.id(),
        quality.measure().axis().label() + " over " + cost.measure().axis().label(),
        cost.measure(),
        quality.measure(),
        policies.stream().map(policy -> point(policy, cost, quality)).toList());
  }

  private static Point point(Policy policy, Scale cost, Scale quality) {
    return new Point(
        policy.name(),
        family(policy.name()),
        cost.value().apply(policy),
        quality.value().apply(policy),
        cost.text().apply(policy) + ", " + quality.text().apply(policy));
  }

  /** The policy or preset without its settings. */
  private static String family(String name) {
    int colon = name.indexOf(':');
    return colon < 0 ? name : name.substring(0, colon);
  }

  private static Scale memory() {
    return new Scale(
        "memory",
        new Measure(Axis.percent("KV kept after the prompts"), Better.LOWER),
        policy -> Estimate.exact(policy.kv().keptFraction()),
        policy -> percent(policy.kv().keptFraction()) + " kept");
  }

  private Scale time() {
    double longest = most(policy -> policy.throughput().seconds());
    return new Scale(
        "time",
        new Measure(
            Axis.holding("Seconds to complete all rows", 0, longest, Figures::plain), Better.LOWER),
        policy -> Estimate.exact(policy.throughput().seconds()),
        policy -> number(policy.throughput().seconds()) + " s");
  }

  private Scale kl() {
    double least =
        policies.stream()
            .mapToDouble(policy -> policy.divergence().kl().mean())
            .filter(kl -> kl > LEAST_KL)
            .min()
            .orElse(LEAST_KL);
    double highest = most(policy -> estimate(policy.divergence().kl()).high());
    return new Scale(
        "kl",
        new Measure(
            Axis.logarithmic("KL divergence, nats (logarithmic)", least, highest, Figures::plain),
            Better.LOWER),
        policy -> estimate(policy.divergence().kl()),
        policy -> "KL " + MeanText.of("%.4f", policy.divergence().kl(), 1));
  }

  private Scale agreement() {
    double lowest =
        1
            - Math.max(
                LEAST_SHOWN, most(policy -> 1 - estimate(policy.divergence().agreement()).low()));
    return new Scale(
        "agreement",
        new Measure(
            Axis.holding(
                "Agreement of the likeliest token", lowest, 1, ComparisonPlots::plainPercent),
            Better.HIGHER),
        policy -> estimate(policy.divergence().agreement()),
        policy -> "agreement " + MeanText.of("%.1f", policy.divergence().agreement(), 100) + " %");
  }

  private double most(ToDoubleFunction<Policy> value) {
    return policies.stream().mapToDouble(value).max().orElseThrow();
  }

  private static Estimate estimate(Mean mean) {
    return mean.low() == null
        ? Estimate.exact(mean.mean())
        : new Estimate(
            mean.mean(), Math.min(mean.low(), mean.mean()), Math.max(mean.high(), mean.mean()));
  }

  private static String plainPercent(double share) {
    return plain(100 * share) + " %";
  }
}
