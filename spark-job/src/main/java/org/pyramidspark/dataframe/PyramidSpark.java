package org.pyramidspark.dataframe;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.ExperimentalMethods;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.types.StructType;
import org.pyramidspark.errors.InvalidInputException;

/** Completes the rows of DataFrames. */
public final class PyramidSpark {
  private PyramidSpark() {}

  /** As {@link #generate(Dataset, GenerateSettings)}, with settings by key. */
  public static Dataset<Row> generate(Dataset<Row> rows, Map<String, String> settings) {
    return generate(rows, GenerateSettings.of(settings));
  }

  /**
   * The same rows with their completions: all columns, and after them a struct with the fields of
   * {@link CompletionColumn}. Each row gives exactly one, also when it fails: its error is in the
   * struct. Nothing is completed before an action asks for it, but the settings, the columns and
   * the model's file are checked here.
   *
   * <p>The rows of a partition run together on the engine of its executor and come in the order in
   * which they finish.
   *
   * @throws InvalidInputException if a column is missing or of another type, or the model does not
   *     serve
   */
  public static Dataset<Row> generate(Dataset<Row> rows, GenerateSettings settings) {
    if (!(rows instanceof org.apache.spark.sql.classic.Dataset<Row> here)) {
      throw InvalidInputException.of(
          "A DataFrame of %s cannot be completed; give one of a session in this JVM, not over Spark"
              + " Connect.",
          rows.getClass().getName());
    }
    checkOutput(rows.schema(), settings);
    PromptColumns columns = columns(rows.schema(), settings, rows.sparkSession());
    GeneratedRows.Job job =
        new GeneratedRows.Job(new ModelFiles().check(settings), settings, columns.alone());
    enable(here.sparkSession().experimental());
    return org.apache.spark.sql.classic.Dataset.ofRows(
        here.sparkSession(), plan(here.logicalPlan(), columns, job));
  }

  private static LogicalPlan plan(LogicalPlan rows, PromptColumns columns, GeneratedRows.Job job) {
    List<Attribute> all = Trees.list(rows.output());
    GeneratedRows generated =
        GeneratedRows.over(rows, columns.ordinals().stream().map(all::get).toList(), job);
    // The name is new whenever Spark copies the plan, as for a join with itself.
    NamedExpression completion = Trees.alias(generated.completion(), job.settings().outputColumn());
    return new Project(Trees.with(Trees.named(rows.output()), completion), generated);
  }

  /** What the SQL functions' extensions do when a session starts. */
  private static void enable(ExperimentalMethods session) {
    synchronized (session) {
      if (session.extraStrategies().exists(GeneratedRowsStrategy.class::isInstance)) {
        return;
      }
      session.extraStrategies_$eq(
          Trees.with(session.extraStrategies(), new GeneratedRowsStrategy()));
      session.extraOptimizations_$eq(
          Trees.with(
              Trees.with(session.extraOptimizations(), new FewerCompletions()), new SortedOnce()));
    }
  }

  /**
   * What {@link #generate} would give; the model is not looked at.
   *
   * @param schema of the rows
   * @throws InvalidInputException as {@link #generate}
   */
  public static StructType outputSchema(StructType schema, GenerateSettings settings) {
    checkOutput(schema, settings);
    columns(schema, settings, SparkSession.active());
    return schema.add(settings.outputColumn(), CompletionColumn.TYPE, false);
  }

  private static void checkOutput(StructType schema, GenerateSettings settings) {
    String output = settings.outputColumn();
    if (Arrays.stream(schema.fieldNames()).anyMatch(output::equalsIgnoreCase)) {
      throw InvalidInputException.of(
          "The DataFrame has a column %s already; name another by the setting output_column, or drop"
              + " it.",
          output);
    }
  }

  private static PromptColumns columns(
      StructType schema, GenerateSettings settings, SparkSession spark) {
    boolean caseSensitive = Boolean.parseBoolean(spark.conf().get("spark.sql.caseSensitive"));
    return PromptColumns.of(settings.columns(), schema, caseSensitive);
  }
}
