package org.pyramidspark.dataframe;

import java.util.List;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.SortOrder;
import org.apache.spark.sql.catalyst.plans.logical.Aggregate;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Repartition;
import org.apache.spark.sql.catalyst.plans.logical.RepartitionByExpression;
import org.apache.spark.sql.catalyst.plans.logical.Sort;
import org.apache.spark.sql.catalyst.rules.Rule;
import scala.Option;

/**
 * Spark runs what it is to sort twice, the first time to draw a sample of the keys. So completions
 * are shuffled before they are sorted: then the sample reads what the shuffle has stored. They are
 * shuffled by the keys, which a task that is run again gives, too.
 */
public final class SortedOnce extends Rule<LogicalPlan> {

  @Override
  public LogicalPlan apply(LogicalPlan plan) {
    return (LogicalPlan)
        plan.transformDown(Trees.where(SortedOnce::runsCompletionsTwice, SortedOnce::shuffled));
  }

  private static boolean runsCompletionsTwice(LogicalPlan node) {
    return !keys(node).isEmpty() && runsWith(node.children().head());
  }

  private static List<Expression> keys(LogicalPlan node) {
    return switch (node) {
      case Sort sort when sort.global() -> keys(Trees.list(sort.order()));
      case RepartitionByExpression ranges -> keys(Trees.list(ranges.partitionExpressions()));
      default -> List.of();
    };
  }

  private static List<Expression> keys(List<? extends Expression> orders) {
    return orders.stream()
        .filter(SortOrder.class::isInstance)
        .map(order -> ((SortOrder) order).child())
        .toList();
  }

  /** Whether there are completions that are made by the same tasks. */
  private static boolean runsWith(LogicalPlan plan) {
    return switch (plan) {
      case GeneratedRows _ -> true;
      case RepartitionByExpression _ -> false;
      case Repartition repartition when repartition.shuffle() -> false;
      case Aggregate _ -> false;
      default -> plan.children().exists(SortedOnce::runsWith);
    };
  }

  private static LogicalPlan shuffled(LogicalPlan node) {
    return Trees.over(
        node,
        new RepartitionByExpression(
            Trees.seq(keys(node)), node.children().head(), Option.empty(), Option.empty()));
  }
}
