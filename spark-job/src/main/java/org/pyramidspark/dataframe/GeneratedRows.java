package org.pyramidspark.dataframe;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeReference;
import org.apache.spark.sql.catalyst.expressions.AttributeSet;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.types.Metadata;
import org.pyramidspark.executor.ModelReference;
import scala.Option;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;

/**
 * The child's rows with their completions as the last column, in another order. Says that it is not
 * deterministic so that Spark never copies it.
 */
public final class GeneratedRows extends LogicalPlan {
  private static final long serialVersionUID = 1L;

  private final Job job;
  private final Seq<Attribute> inputs;
  private final Attribute completion;
  private final LogicalPlan child;

  /**
   * What is done.
   *
   * @param prompts how the inputs make a prompt
   */
  public record Job(ModelReference model, GenerateSettings settings, PromptColumns prompts)
      implements Serializable {

    /** What plans show. */
    @Override
    public String toString() {
      return settings.toString();
    }
  }

  /**
   * @param inputs columns of the child that prompts are made of
   * @param completion the column that is added
   */
  public GeneratedRows(Job job, Seq<Attribute> inputs, Attribute completion, LogicalPlan child) {
    this.job = job;
    this.inputs = inputs;
    this.completion = completion;
    this.child = child;
  }

  /** A new column over a plan. */
  public static GeneratedRows over(LogicalPlan child, List<Attribute> inputs, Job job) {
    Attribute completion =
        new AttributeReference(
            "completion",
            CompletionColumn.TYPE,
            false,
            Metadata.empty(),
            NamedExpression.newExprId(),
            Trees.seq(List.of()));
    return new GeneratedRows(job, Trees.seq(inputs), completion, child);
  }

  Job job() {
    return job;
  }

  Seq<Attribute> inputs() {
    return inputs;
  }

  /** The column that is added. */
  public Attribute completion() {
    return completion;
  }

  LogicalPlan child() {
    return child;
  }

  GeneratedRows withChild(LogicalPlan other) {
    return new GeneratedRows(job, inputs, completion, other);
  }

  @Override
  public Seq<Attribute> output() {
    return Trees.with(child.output(), completion);
  }

  @Override
  public AttributeSet producedAttributes() {
    return AttributeSet.apply(completion);
  }

  @Override
  public boolean deterministic() {
    return false;
  }

  @Override
  public Option<Object> maxRows() {
    return child.maxRows();
  }

  @Override
  public Option<Object> maxRowsPerPartition() {
    return child.maxRowsPerPartition();
  }

  @Override
  public Seq<LogicalPlan> children() {
    return Trees.seq(child);
  }

  @Override
  public LogicalPlan withNewChildrenInternal(IndexedSeq<LogicalPlan> children) {
    return withChild(children.head());
  }

  @Override
  public int productArity() {
    return 4;
  }

  @Override
  public Object productElement(int index) {
    return switch (index) {
      case 0 -> job;
      case 1 -> inputs;
      case 2 -> completion;
      default -> child;
    };
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof GeneratedRows;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GeneratedRows rows
        && rows.job.equals(job)
        && rows.inputs.equals(inputs)
        && rows.completion.equals(completion)
        && rows.child.equals(child);
  }

  @Override
  public int hashCode() {
    return super.hashCode();
  }
}
