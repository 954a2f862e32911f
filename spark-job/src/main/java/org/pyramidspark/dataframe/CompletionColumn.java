package org.pyramidspark.dataframe;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.pyramidspark.completions.Completion;

/**
 * A completion as a struct: the fields of an output row but its id, under the same names and in the
 * same order.
 */
public final class CompletionColumn {
  /** The field that holds the completion's text. */
  public static final String TEXT = "text";

  private static final List<RecordComponent> FIELDS =
      Arrays.stream(Completion.class.getRecordComponents())
          .filter(component -> !name(component).equals("id"))
          .toList();

  /** The struct's type. */
  public static final StructType TYPE =
      DataTypes.createStructType(FIELDS.stream().map(CompletionColumn::field).toList());

  private CompletionColumn() {}

  private static String name(RecordComponent component) {
    return component.getAccessor().getAnnotation(JsonProperty.class).value();
  }

  private static StructField field(RecordComponent component) {
    Class<?> type = component.getType();
    return DataTypes.createStructField(name(component), dataType(type), !type.isPrimitive());
  }

  private static DataType dataType(Class<?> type) {
    if (type == String.class) {
      return DataTypes.StringType;
    }
    if (type == boolean.class) {
      return DataTypes.BooleanType;
    }
    if (type == int.class) {
      return DataTypes.IntegerType;
    }
    if (type == long.class) {
      return DataTypes.LongType;
    }
    if (type == double.class || type == Double.class) {
      return DataTypes.DoubleType;
    }
    throw new IllegalStateException("A completion has a field of " + type);
  }

  /** The struct's value. */
  public static Row of(Completion completion) {
    return RowFactory.create(FIELDS.stream().map(field -> value(completion, field)).toArray());
  }

  private static Object value(Completion completion, RecordComponent field) {
    try {
      return field.getAccessor().invoke(completion);
    } catch (ReflectiveOperationException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
