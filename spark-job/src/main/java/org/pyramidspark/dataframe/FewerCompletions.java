package org.pyramidspark.dataframe;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.catalyst.expressions.And;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.GlobalLimit;
import org.apache.spark.sql.catalyst.plans.logical.LocalLimit;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.Sort;
import org.apache.spark.sql.catalyst.rules.Rule;

/**
 * Completes no row that nobody asks for: conditions on other columns and limits go below the
 * completions, and completions that are not used are left out. Spark does the same for the
 * operators that it knows.
 */
public final class FewerCompletions extends Rule<LogicalPlan> {

  @Override
  public LogicalPlan apply(LogicalPlan plan) {
    return (LogicalPlan)
        plan.transformDown(
            Trees.where(node -> change(node).isPresent(), node -> change(node).orElseThrow()));
  }

  private static Optional<LogicalPlan> change(LogicalPlan node) {
    return switch (node) {
      case Filter filter when filter.child() instanceof GeneratedRows rows ->
          filterFirst(filter, rows);
      case LocalLimit limit ->
          limitFirst(limit.child(), limit, Optional.empty()).map(child -> Trees.over(limit, child));
      case Project project when project.child() instanceof GeneratedRows rows ->
          project.references().contains(rows.completion())
              ? Optional.empty()
              : Optional.of(Trees.over(project, rows.child()));
      default -> Optional.empty();
    };
  }

  private static Optional<LogicalPlan> filterFirst(Filter filter, GeneratedRows rows) {
    Map<Boolean, List<Expression>> byUse =
        conjuncts(filter.condition()).stream()
            .collect(
                Collectors.partitioningBy(
                    condition ->
                        condition.deterministic()
                            && !condition.references().contains(rows.completion())));
    List<Expression> first = byUse.get(true);
    if (first.isEmpty()) {
      return Optional.empty();
    }
    LogicalPlan filtered = rows.withChild(new Filter(all(first), rows.child()));
    List<Expression> rest = byUse.get(false);
    return Optional.of(rest.isEmpty() ? filtered : new Filter(all(rest), filtered));
  }

  private static List<Expression> conjuncts(Expression condition) {
    if (!(condition instanceof And and)) {
      return List.of(condition);
    }
    List<Expression> conjuncts = new ArrayList<>(conjuncts(and.left()));
    conjuncts.addAll(conjuncts(and.right()));
    return conjuncts;
  }

  private static Expression all(List<Expression> conditions) {
    return conditions.stream().reduce(And::new).orElseThrow();
  }

  /**
   * What a limit stands on, with the limit below its completions, too.
   *
   * @param sort what is sorted between both, if anything is
   */
  private static Optional<LogicalPlan> limitFirst(
      LogicalPlan node, LocalLimit limit, Optional<Sort> sort) {
    return switch (node) {
      case Project project ->
          limitFirst(project.child(), limit, sort).map(child -> Trees.over(project, child));
      case Sort other when other.global() && sort.isEmpty() ->
          limitFirst(other.child(), limit, Optional.of(other))
              .map(child -> Trees.over(other, child));
      case GeneratedRows rows when sort.isEmpty() -> limitEachPartition(rows, limit);
      case GeneratedRows rows -> sortFirst(rows, limit, sort.get());
      default -> Optional.empty();
    };
  }

  private static Optional<LogicalPlan> limitEachPartition(GeneratedRows rows, LocalLimit limit) {
    long most = number(rows.child().maxRowsPerPartition().getOrElse(() -> Long.MAX_VALUE));
    return most <= rows(limit)
        ? Optional.empty()
        : Optional.of(rows.withChild(new LocalLimit(limit.limitExpr(), rows.child())));
  }

  /** Only for as many rows as one engine takes at once: they come from one partition then. */
  private static Optional<LogicalPlan> sortFirst(GeneratedRows rows, LocalLimit limit, Sort sort) {
    LogicalPlan child = rows.child();
    long most = number(child.maxRows().getOrElse(() -> Long.MAX_VALUE));
    boolean byOthers = sort.order().forall(order -> order.references().subsetOf(child.outputSet()));
    if (most <= rows(limit)
        || rows(limit) > rows.job().settings().engine().maxSequences()
        || !byOthers) {
      return Optional.empty();
    }
    LogicalPlan first = new LocalLimit(limit.limitExpr(), Trees.over(sort, child));
    return Optional.of(rows.withChild(new GlobalLimit(limit.limitExpr(), first)));
  }

  private static long rows(LocalLimit limit) {
    return number(limit.limitExpr().eval(null));
  }

  private static long number(Object value) {
    return ((Number) value).longValue();
  }
}
