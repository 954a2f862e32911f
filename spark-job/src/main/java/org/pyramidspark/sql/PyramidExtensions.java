package org.pyramidspark.sql;

import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.expressions.ExpressionInfo;
import org.pyramidspark.dataframe.FewerCompletions;
import org.pyramidspark.dataframe.GeneratedRowsStrategy;
import org.pyramidspark.dataframe.ModelFiles;
import org.pyramidspark.dataframe.SortedOnce;
import scala.Tuple3;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/**
 * Adds the SQL functions {@code generate} and {@code generate_row} to a session: {@code
 * spark.sql.extensions=org.pyramidspark.sql.PyramidExtensions}. The settings are the session's
 * {@code spark.pyramid.*}, and those given to a call as {@code 'key=value'}.
 */
public final class PyramidExtensions extends AbstractFunction1<SparkSessionExtensions, BoxedUnit> {

  @Override
  public BoxedUnit apply(SparkSessionExtensions extensions) {
    for (GenerateFunction function : GenerateFunction.values()) {
      extensions.injectFunction(
          new Tuple3<>(
              new FunctionIdentifier(function.label()),
              new ExpressionInfo(
                  GenerateCall.class.getName(), null, function.label(), function.usage(), ""),
              arguments -> new GenerateCall(function, arguments)));
    }
    extensions.injectPostHocResolutionRule(session -> new GenerateExtraction(new ModelFiles()));
    extensions.injectCheckRule(session -> new MisplacedCalls());
    extensions.injectOptimizerRule(session -> new FewerCompletions());
    extensions.injectOptimizerRule(session -> new SortedOnce());
    extensions.injectPlannerStrategy(session -> new GeneratedRowsStrategy());
    return BoxedUnit.UNIT;
  }
}
