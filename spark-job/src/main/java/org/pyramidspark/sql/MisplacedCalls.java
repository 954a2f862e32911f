package org.pyramidspark.sql;

import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.pyramidspark.errors.InvalidInputException;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/** Refuses calls where no rows can be completed, such as in ORDER BY. */
final class MisplacedCalls extends AbstractFunction1<LogicalPlan, BoxedUnit> {

  @Override
  public BoxedUnit apply(LogicalPlan plan) {
    plan.foreach(
        node -> {
          GenerateCall.in(node).forEach(call -> refuse(call, node));
          return BoxedUnit.UNIT;
        });
    return BoxedUnit.UNIT;
  }

  private static void refuse(GenerateCall call, LogicalPlan node) {
    String name = call.function().label();
    throw InvalidInputException.of(
        "%s stands in %s; it can stand in a SELECT list or in WHERE, so complete in a subquery, as in"
            + " SELECT ... FROM (SELECT *, %s(prompt) AS answer FROM t).",
        call.sql(), node.nodeName(), name);
  }
}
