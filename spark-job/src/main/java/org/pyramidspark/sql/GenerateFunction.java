package org.pyramidspark.sql;

import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GetStructField;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.pyramidspark.dataframe.CompletionColumn;
import scala.Option;

/** The SQL functions: what they give of a completion. */
enum GenerateFunction {
  TEXT("generate", "the completion's text"),
  ROW("generate_row", "the completion as a struct, with its error, its token counts and more");

  private final String label;
  private final String gives;

  GenerateFunction(String label, String gives) {
    this.label = label;
    this.gives = gives;
  }

  /** The name in SQL. */
  String label() {
    return label;
  }

  /** What {@code DESCRIBE FUNCTION} shows. */
  String usage() {
    return "_FUNC_(prompt[, 'key=value' ...]) - completes the prompt with the model of"
        + " spark.pyramid.model and gives "
        + gives
        + ".";
  }

  DataType dataType() {
    return switch (this) {
      case TEXT -> DataTypes.StringType;
      case ROW -> CompletionColumn.TYPE;
    };
  }

  /**
   * What the function gives.
   *
   * @param completion the struct
   */
  Expression of(Expression completion) {
    return switch (this) {
      case TEXT ->
          new GetStructField(
              completion,
              CompletionColumn.TYPE.fieldIndex(CompletionColumn.TEXT),
              Option.apply(CompletionColumn.TEXT));
      case ROW -> completion;
    };
  }
}
