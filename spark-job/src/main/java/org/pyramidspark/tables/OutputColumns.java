package org.pyramidspark.tables;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import org.pyramidspark.completions.Completion;
import org.pyramidspark.dataframe.CompletionColumn;
import org.pyramidspark.dataframe.PromptColumns;
import org.pyramidspark.errors.InvalidInputException;

/**
 * The columns of output rows: those of every completion, and columns of the input that pass
 * through.
 *
 * @param input columns that come
 * @param extra ordinals of those of them that go
 */
record OutputColumns(StructType input, List<Integer> extra) implements Serializable {
  private static final StructType FIXED = fixed();

  private static StructType fixed() {
    List<StructField> fields = new ArrayList<>();
    fields.add(DataTypes.createStructField("id", DataTypes.StringType, false));
    fields.addAll(Arrays.asList(CompletionColumn.TYPE.fields()));
    return DataTypes.createStructType(fields);
  }

  /**
   * @param wanted columns that are to go; if not named, all that no prompt is made of
   * @throws InvalidInputException if there is none such, or one has the name of one that is added
   */
  static OutputColumns of(StructType input, PromptColumns prompts, Optional<List<String>> wanted) {
    Set<Integer> used = Set.copyOf(prompts.ordinals());
    List<Integer> extra =
        wanted.isPresent()
            ? wanted.get().stream().map(name -> ordinal(input, name)).distinct().toList()
            : IntStream.range(0, input.size()).filter(i -> !used.contains(i)).boxed().toList();
    for (int ordinal : extra) {
      String name = input.fields()[ordinal].name();
      if (Arrays.stream(FIXED.fieldNames()).anyMatch(name::equalsIgnoreCase)) {
        throw InvalidInputException.of(
            "The input has a column %s, which is the name of a column of the output; rename it, or"
                + " name others that are to pass through by --extra-columns.",
            name);
      }
    }
    return new OutputColumns(input, extra);
  }

  private static int ordinal(StructType input, String name) {
    return IntStream.range(0, input.size())
        .filter(i -> input.fields()[i].name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                InvalidInputException.of(
                    "Option --extra-columns names the column %s, and the input has none of that"
                        + " name; its columns are %s.",
                    name, String.join(", ", input.fieldNames())));
  }

  StructType schema() {
    StructType schema = FIXED;
    for (int ordinal : extra) {
      schema = schema.add(input.fields()[ordinal]);
    }
    return schema;
  }

  /** The output row of an input row. */
  InternalRow row(InternalRow row, Completion completion) {
    Object[] values = new Object[FIXED.size() + extra.size()];
    Row fields = CompletionColumn.of(completion);
    values[0] = UTF8String.fromString(completion.id());
    for (int i = 0; i < fields.size(); i++) {
      values[i + 1] = CatalystTypeConverters.convertToCatalyst(fields.get(i));
    }
    for (int i = 0; i < extra.size(); i++) {
      int ordinal = extra.get(i);
      values[FIXED.size() + i] = row.get(ordinal, input.fields()[ordinal].dataType());
    }
    return new GenericInternalRow(values);
  }
}
