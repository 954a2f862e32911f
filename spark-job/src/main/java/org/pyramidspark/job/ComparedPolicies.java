package org.pyramidspark.job;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.pyramidspark.cache.NamedPolicy;
import org.pyramidspark.cache.Policies;
import org.pyramidspark.errors.InvalidInputException;
import picocli.CommandLine.Option;

/** Command-line options of the policies that are compared. */
final class ComparedPolicies {
  private static final String FULL = "full";
  private static final String BUDGET = "budget";

  @Option(
      names = "--policy",
      paramLabel = "POLICY",
      description = {
        "A policy or a preset of pyramid, with or without changes, such as snapkv:budget=0.3 or"
            + " llama2-7b:prefill_decay=0.5; may be repeated (default: every policy).",
        "The full cache is always compared with."
      })
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--budgets",
      paramLabel = "SHARE",
      split = ",",
      description =
          "Compare each policy that is given no budget, nor a prefill_decay, at these shares of the"
              + " prompts' KV, such as 0.3,0.5,0.7 (default: the policy's own).")
  private List<String> budgets = new ArrayList<>();

  /**
   * The full cache, and the others in their order.
   *
   * @throws InvalidInputException if one is not known or given twice, or a budget is not allowed
   */
  List<NamedPolicy> policies() {
    List<String> given = names.isEmpty() ? Policies.NAMES : names;
    List<NamedPolicy> policies =
        Stream.concat(
                Stream.of(NamedPolicy.parse(FULL)),
                given.stream()
                    .filter(name -> !name.equals(FULL))
                    .map(NamedPolicy::parse)
                    .flatMap(this::atBudgets))
            .toList();
    checkBudgets(policies);
    checkTwice(policies);
    return policies;
  }

  private Stream<NamedPolicy> atBudgets(NamedPolicy policy) {
    return policy.isOpenToBudget() && !budgets.isEmpty()
        ? budgets.stream().map(budget -> policy.with(BUDGET, budget))
        : Stream.of(policy);
  }

  private void checkBudgets(List<NamedPolicy> policies) {
    if (!budgets.isEmpty()
        && policies.stream().noneMatch(policy -> policy.changes().containsKey(BUDGET))) {
      throw InvalidInputException.of(
          "Option --budgets is %s, and no policy is left that takes a budget; name one, or leave it"
              + " out.",
          String.join(",", budgets));
    }
  }

  private static void checkTwice(List<NamedPolicy> policies) {
    Set<String> seen = new HashSet<>();
    for (NamedPolicy policy : policies) {
      if (!seen.add(policy.name())) {
        throw InvalidInputException.of(
            "Policy %s is given twice; give each policy with the same settings once.",
            policy.name());
      }
    }
  }
}
