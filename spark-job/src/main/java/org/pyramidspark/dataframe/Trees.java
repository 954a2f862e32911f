package org.pyramidspark.dataframe;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import scala.Option;
import scala.PartialFunction;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractPartialFunction;

/** Spark's trees of plans and expressions in the words of Java. */
public final class Trees {
  private Trees() {}

  /** Changes the nodes that are meant, and leaves the others. */
  public static <T> PartialFunction<T, T> where(Predicate<T> meant, Function<T, T> change) {
    return new AbstractPartialFunction<>() {
      @Override
      public boolean isDefinedAt(T node) {
        return meant.test(node);
      }

      @Override
      @SuppressWarnings("unchecked")
      public <A extends T, B> B applyOrElse(A node, scala.Function1<A, B> otherwise) {
        return meant.test(node) ? (B) change.apply(node) : otherwise.apply(node);
      }
    };
  }

  /** A node whose only child is another. */
  public static LogicalPlan over(LogicalPlan node, LogicalPlan child) {
    return node.withNewChildren(seq(child));
  }

  /** Attributes as what a projection takes. */
  @SuppressWarnings("unchecked")
  public static Seq<NamedExpression> named(Seq<Attribute> attributes) {
    return (Seq<NamedExpression>) (Seq<?>) attributes;
  }

  /** An expression under a name. */
  public static Alias alias(Expression value, String name) {
    return new Alias(
        value, name, NamedExpression.newExprId(), seq(List.of()), Option.empty(), seq(List.of()));
  }

  /** One element. */
  public static <T> Seq<T> seq(T only) {
    return seq(List.of(only));
  }

  /** The elements of a list. */
  public static <T> Seq<T> seq(List<T> list) {
    return CollectionConverters.asScala(list).toSeq();
  }

  /** The elements and one more. */
  public static <T> Seq<T> with(Seq<T> seq, T last) {
    List<T> all = new ArrayList<>(list(seq));
    all.add(last);
    return seq(all);
  }

  /** The elements of a sequence. */
  public static <T> List<T> list(Seq<T> seq) {
    return CollectionConverters.asJava(seq);
  }
}
