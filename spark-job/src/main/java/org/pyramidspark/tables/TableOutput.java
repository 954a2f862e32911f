package org.pyramidspark.tables;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How rows are to be written.
 *
 * @param format a registered name of one of Spark's formats of files
 * @param options of its writer
 * @param partitionBy columns whose values become folders
 */
public record TableOutput(String format, Map<String, String> options, List<String> partitionBy) {
  /** Lines of JSON. */
  public static final String JSON = "json";

  public TableOutput {
    format = format.toLowerCase(Locale.ROOT);
    options = Map.copyOf(options);
    partitionBy = List.copyOf(partitionBy);
  }
}
