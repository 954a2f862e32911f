package org.pyramidspark.dataframe;

import java.util.List;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.SparkStrategy;
import scala.collection.immutable.Seq;

/** Plans {@link GeneratedRows} as {@link GeneratedRowsExec}. */
public final class GeneratedRowsStrategy extends SparkStrategy {

  @Override
  public Seq<SparkPlan> apply(LogicalPlan plan) {
    return plan instanceof GeneratedRows rows
        ? Trees.seq(
            new GeneratedRowsExec(
                rows.job(), rows.inputs(), rows.completion(), planLater(rows.child())))
        : Trees.seq(List.of());
  }
}
