package org.pyramidspark.sql;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Unevaluable;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenContext;
import org.apache.spark.sql.catalyst.expressions.codegen.ExprCode;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.types.DataType;
import org.pyramidspark.dataframe.GeneratedRows;
import org.pyramidspark.dataframe.Trees;
import org.pyramidspark.errors.InvalidInputException;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.BoxedUnit;

/**
 * A call as the parser finds it. It cannot be evaluated, for that would be row by row: {@link
 * GenerateExtraction} puts {@link GeneratedRows} in its place.
 */
public final class GenerateCall extends Expression implements Unevaluable {
  private static final long serialVersionUID = 1L;

  private final GenerateFunction function;
  private final Seq<Expression> arguments;

  /**
   * @param arguments the prompt, then settings
   * @throws InvalidInputException if there is no prompt
   */
  public GenerateCall(GenerateFunction function, Seq<Expression> arguments) {
    if (arguments.isEmpty()) {
      throw InvalidInputException.of(
          "Function %s has no argument; give a prompt, as in %s(prompt).",
          function.label(), function.label());
    }
    this.function = function;
    this.arguments = arguments;
  }

  /** The calls in a node's own expressions. */
  static List<GenerateCall> in(LogicalPlan node) {
    return Trees.list(node.expressions()).stream().flatMap(each -> in(each).stream()).toList();
  }

  /** The calls in an expression. */
  static List<GenerateCall> in(Expression expression) {
    List<GenerateCall> calls = new ArrayList<>();
    expression.foreach(
        node -> {
          if (node instanceof GenerateCall call) {
            calls.add(call);
          }
          return BoxedUnit.UNIT;
        });
    return calls;
  }

  GenerateFunction function() {
    return function;
  }

  Expression prompt() {
    return arguments.head();
  }

  /** The arguments after the prompt. */
  List<Expression> settings() {
    return CollectionConverters.asJava(arguments).stream().skip(1).toList();
  }

  @Override
  public Seq<Expression> children() {
    return arguments;
  }

  @Override
  public Expression withNewChildrenInternal(IndexedSeq<Expression> children) {
    return new GenerateCall(function, children);
  }

  @Override
  public DataType dataType() {
    return function.dataType();
  }

  @Override
  public boolean nullable() {
    return false;
  }

  @Override
  public boolean foldable() {
    return false;
  }

  @Override
  public String prettyName() {
    return function.label();
  }

  @Override
  public Object eval(InternalRow row) {
    throw new IllegalStateException("Calls of " + function.label() + " are planned, not evaluated");
  }

  @Override
  public ExprCode doGenCode(CodegenContext context, ExprCode code) {
    throw new IllegalStateException("Calls of " + function.label() + " are planned, not evaluated");
  }

  @Override
  public int productArity() {
    return 2;
  }

  @Override
  public Object productElement(int index) {
    return index == 0 ? function : arguments;
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof GenerateCall;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GenerateCall call
        && call.function == function
        && call.arguments.equals(arguments);
  }

  @Override
  public int hashCode() {
    return super.hashCode();
  }
}
