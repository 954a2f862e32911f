package org.pyramidspark.tables;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.catalog.ExternalCatalogUtils;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.AtomicType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.pyramidspark.errors.InvalidInputException;
import scala.Option;

/**
 * Which columns name the folder of a row, and which are written to its file.
 *
 * @param schema of output rows
 * @param folders ordinals of the former, in the order of the folders
 * @param timeZone in which folders are named by times
 */
record FileLayout(StructType schema, List<Integer> folders, String timeZone)
    implements Serializable {

  /**
   * @param partitionBy names of the columns that name folders
   * @throws InvalidInputException if one is not there or cannot name folders
   */
  static FileLayout of(StructType schema, List<String> partitionBy, String timeZone) {
    List<Integer> folders = new ArrayList<>();
    for (String name : partitionBy) {
      int ordinal = ordinal(schema, name);
      StructField column = schema.fields()[ordinal];
      if (!(column.dataType() instanceof AtomicType)) {
        throw InvalidInputException.of(
            "Option --partition-by names the column %s of type %s, which cannot name folders; name"
                + " one of texts, numbers, truth values or dates.",
            name, column.dataType().simpleString());
      }
      if (folders.contains(ordinal)) {
        throw InvalidInputException.of(
            "Option --partition-by names the column %s twice; name it once.", name);
      }
      folders.add(ordinal);
    }
    return new FileLayout(schema, folders, timeZone);
  }

  private static int ordinal(StructType schema, String name) {
    return IntStream.range(0, schema.size())
        .filter(i -> schema.fields()[i].name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                InvalidInputException.of(
                    "Option --partition-by names the column %s, and output rows have none of that"
                        + " name; their columns are %s.",
                    name, String.join(", ", schema.fieldNames())));
  }

  /** Columns of the files. */
  StructType fileSchema() {
    return DataTypes.createStructType(
        inFiles().mapToObj(i -> schema.fields()[i]).toArray(StructField[]::new));
  }

  private IntStream inFiles() {
    return IntStream.range(0, schema.size()).filter(i -> !folders.contains(i));
  }

  /** The part of a row that is written to its file. */
  InternalRow inFile(InternalRow row) {
    if (folders.isEmpty()) {
      return row;
    }
    return new GenericInternalRow(
        inFiles().mapToObj(i -> row.get(i, schema.fields()[i].dataType())).toArray());
  }

  /** The folder of a row, with a slash at its end; empty if no column names it. */
  String folder(InternalRow row) {
    StringBuilder path = new StringBuilder();
    for (int ordinal : folders) {
      StructField column = schema.fields()[ordinal];
      Object text = text(column, ordinal).eval(row);
      path.append(
              ExternalCatalogUtils.getPartitionPathString(
                  column.name(), text == null ? null : text.toString()))
          .append('/');
    }
    return path.toString();
  }

  private Expression text(StructField column, int ordinal) {
    return new Cast(
        new BoundReference(ordinal, column.dataType(), true),
        DataTypes.StringType,
        Option.apply(timeZone));
  }

  /** Columns of the files that a format cannot hold by their type. */
  List<StructField> unfit(java.util.function.Predicate<StructField> fits) {
    return Arrays.stream(fileSchema().fields()).filter(fits.negate()).toList();
  }
}
