package org.pyramidspark.dataframe;

import java.util.Map;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeSet;
import org.apache.spark.sql.catalyst.plans.physical.Partitioning;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.metric.SQLMetric;
import org.apache.spark.sql.execution.metric.SQLMetrics;
import org.apache.spark.sql.types.DataType;
import org.pyramidspark.executor.RowWork;
import org.pyramidspark.metrics.RunAccumulator;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** Runs {@link GeneratedRows}: the rows of a partition together on the executor's engine. */
public final class GeneratedRowsExec extends SparkPlan {
  private static final long serialVersionUID = 1L;
  private static final String ROWS = "numOutputRows";
  private static final String ERRORS = "numErrorRows";

  private final GeneratedRows.Job job;
  private final Seq<Attribute> inputs;
  private final Attribute completion;
  private final SparkPlan child;
  private transient Map<String, SQLMetric> metrics;

  /** As {@link GeneratedRows}. */
  public GeneratedRowsExec(
      GeneratedRows.Job job, Seq<Attribute> inputs, Attribute completion, SparkPlan child) {
    this.job = job;
    this.inputs = inputs;
    this.completion = completion;
    this.child = child;
  }

  @Override
  public RDD<InternalRow> doExecute() {
    RunAccumulator totals = new RunAccumulator();
    sparkContext().register(totals, "rows");
    InternalRowGenerator generator =
        new InternalRowGenerator(
            new RowWork(job.model(), job.settings().engine(), job.settings().rows(), totals),
            job.prompts(),
            new InternalRowGenerator.Layout(
                Trees.list(inputs).stream().mapToInt(this::ordinal).toArray(),
                types(inputs),
                types(output())),
            longMetric(ROWS),
            longMetric(ERRORS));
    return child.execute().toJavaRDD().mapPartitions(generator, true).rdd();
  }

  private int ordinal(Attribute input) {
    return child.output().indexWhere(column -> column.exprId().equals(input.exprId()));
  }

  private static DataType[] types(Seq<Attribute> columns) {
    return Trees.list(columns).stream().map(Attribute::dataType).toArray(DataType[]::new);
  }

  @Override
  public synchronized scala.collection.immutable.Map<String, SQLMetric> metrics() {
    if (metrics == null) {
      metrics =
          Map.of(
              ROWS, SQLMetrics.createMetric(sparkContext(), "number of output rows"),
              ERRORS, SQLMetrics.createMetric(sparkContext(), "number of error rows"));
    }
    return scala.collection.immutable.Map.from(CollectionConverters.asScala(metrics));
  }

  @Override
  public Seq<Attribute> output() {
    return Trees.with(child.output(), completion);
  }

  @Override
  public AttributeSet producedAttributes() {
    return AttributeSet.apply(completion);
  }

  /** Rows stay in their partitions, if not in their order. */
  @Override
  public Partitioning outputPartitioning() {
    return child.outputPartitioning();
  }

  @Override
  public Seq<SparkPlan> children() {
    return Trees.seq(child);
  }

  @Override
  public SparkPlan withNewChildrenInternal(IndexedSeq<SparkPlan> children) {
    return new GeneratedRowsExec(job, inputs, completion, children.head());
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
    return other instanceof GeneratedRowsExec;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GeneratedRowsExec exec
        && exec.job.equals(job)
        && exec.inputs.equals(inputs)
        && exec.completion.equals(completion)
        && exec.child.equals(child);
  }

  @Override
  public int hashCode() {
    return super.hashCode();
  }
}
