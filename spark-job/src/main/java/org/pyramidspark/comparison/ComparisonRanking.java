package org.pyramidspark.comparison;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.pyramidspark.comparison.ComparisonReport.AtMemory;
import org.pyramidspark.comparison.ComparisonReport.AtTime;
import org.pyramidspark.comparison.ComparisonReport.Policy;
import org.pyramidspark.comparison.ComparisonReport.Ranked;
import org.pyramidspark.report.html.ParetoFront;

/**
 * Which policy has the least KL divergence where memory or time is the same.
 *
 * @param policies their figures, the full cache first
 * @param quality of these policies
 */
record ComparisonRanking(List<Policy> policies, ComparisonQuality quality) {
  private static final Comparator<Policy> BY_KL = Comparator.comparingDouble(ComparisonRanking::kl);

  private static double kl(Policy policy) {
    return policy.divergence().kl().mean();
  }

  private static double kept(Policy policy) {
    return policy.kv().keptFraction();
  }

  private boolean isNone() {
    return policies.getFirst().divergence() == null;
  }

  /** Policies that were given the same budget. */
  private record Group(double budget, List<Policy> given) {
    double mostKept() {
      return given.stream().mapToDouble(ComparisonRanking::kept).max().orElseThrow();
    }
  }

  /**
   * Policies with the same budget, ascending. A policy without a budget stands with the least
   * budget whose policies keep as much as it does.
   */
  List<AtMemory> atMemory() {
    if (isNone()) {
      return List.of();
    }
    List<Group> groups = groups();
    return groups.stream()
        .map(group -> ranked(group, compressing().filter(policy -> home(policy, groups) == group)))
        .toList();
  }

  private Stream<Policy> compressing() {
    return policies.stream().skip(1);
  }

  private List<Group> groups() {
    TreeMap<Double, List<Policy>> byBudget = new TreeMap<>();
    compressing()
        .forEach(
            policy ->
                budget(policy)
                    .ifPresent(
                        share ->
                            byBudget.computeIfAbsent(share, key -> new ArrayList<>()).add(policy)));
    return byBudget.entrySet().stream()
        .map(group -> new Group(group.getKey(), group.getValue()))
        .toList();
  }

  /** Null for a policy that was given no budget and keeps more than all that were given one. */
  private static Group home(Policy policy, List<Group> groups) {
    Optional<Double> budget = budget(policy);
    return groups.stream()
        .filter(
            group ->
                budget.isPresent()
                    ? budget.get() == group.budget()
                    : kept(policy) <= group.mostKept())
        .findFirst()
        .orElse(null);
  }

  /** The share of a prompt that a policy was given, if it was given one. */
  private static Optional<Double> budget(Policy policy) {
    boolean inTokens =
        policy.settings().get("budget_tokens") instanceof Integer tokens && tokens > 0;
    return !inTokens && policy.settings().get("budget") instanceof Double share
        ? Optional.of(share)
        : Optional.empty();
  }

  private AtMemory ranked(Group group, Stream<Policy> members) {
    List<String> byKl = members.sorted(BY_KL).map(Policy::name).toList();
    QualitySums best = quality.policy(byKl.getFirst());
    return new AtMemory(
        group.budget(),
        group.mostKept(),
        IntStream.range(0, byKl.size())
            .mapToObj(
                place ->
                    new Ranked(
                        byKl.get(place),
                        place == 0 ? null : quality.policy(byKl.get(place)).klOver(best)))
            .toList());
  }

  /** Policies that no other beats in both time and divergence, the fastest first. */
  List<AtTime> atTime() {
    if (isNone()) {
      return List.of();
    }
    double full = seconds(policies.getFirst());
    return new ParetoFront<Policy>(ComparisonRanking::seconds, ComparisonRanking::kl)
        .of(policies).stream()
            .map(policy -> new AtTime(policy.name(), seconds(policy) / full))
            .toList();
  }

  private static double seconds(Policy policy) {
    return policy.throughput().seconds();
  }
}
