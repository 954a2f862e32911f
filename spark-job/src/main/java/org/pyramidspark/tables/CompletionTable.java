package org.pyramidspark.tables;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.classic.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.pyramidspark.commit.RowFiles;
import org.pyramidspark.completions.Completion;

/** Rows that Spark writes, of a corpus that has no columns to pass through. */
public record CompletionTable(OutputColumns columns, TableWriter writer)
    implements RowFiles<TableFiles> {

  /**
   * @throws org.pyramidspark.errors.InvalidInputException if the format cannot hold completions, or
   *     there is none such
   */
  public static CompletionTable of(org.apache.spark.sql.SparkSession spark, TableOutput output) {
    OutputColumns columns = new OutputColumns(new StructType(), List.of());
    return new CompletionTable(columns, TableWriter.of((SparkSession) spark, output, columns));
  }

  @Override
  public TableFiles open(String folder, int split, Configuration hadoop) throws IOException {
    return writer.files(folder, split);
  }

  @Override
  public void write(TableFiles files, Completion completion) throws IOException {
    files.write(columns.row(InternalRow.empty(), completion));
  }
}
