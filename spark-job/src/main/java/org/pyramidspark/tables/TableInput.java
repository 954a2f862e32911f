package org.pyramidspark.tables;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.pyramidspark.dataframe.ColumnNames;
import org.pyramidspark.errors.InvalidInputException;

/**
 * A table to read.
 *
 * @param path of its files, or its name if the format is {@link #TABLE}
 * @param format a registered name of one of Spark's readers
 * @param options of that reader
 * @param columns which columns were named for which fields
 * @param extra columns that pass through, if the user names them
 * @param instruction the same for all rows, if the user gives one
 * @param limit the first so many rows only, if present
 * @param splits to cut the rows in, if the user says so
 */
public record TableInput(
    String path,
    String format,
    Map<String, String> options,
    Map<String, String> columns,
    Optional<List<String>> extra,
    Optional<String> instruction,
    OptionalLong limit,
    OptionalInt splits) {
  /** Names a table of the session's catalog. */
  public static final String TABLE = "table";

  private static final String INSTRUCTION = "instruction";
  private static final String INPUT = "input";
  private static final String TEXT = "text";

  public TableInput {
    format = format.toLowerCase(Locale.ROOT);
    columns = withDefaults(columns, format, instruction.isPresent());
  }

  private static Map<String, String> withDefaults(
      Map<String, String> given, String format, boolean instruction) {
    Map<String, String> columns = new LinkedHashMap<>(given);
    if (instruction && columns.put(INSTRUCTION, INSTRUCTION) != null) {
      throw InvalidInputException.of(
          "Option --instruction gives all rows one instruction, and --columns names a column %s for"
              + " it; give one of both.",
          given.get(INSTRUCTION));
    }
    if (format.equals(TEXT)) {
      columns.putIfAbsent(instruction ? INPUT : "prompt", "value");
    } else if (instruction) {
      columns.putIfAbsent(INPUT, INPUT);
    }
    return Map.copyOf(columns);
  }

  ColumnNames names() {
    return ColumnNames.ofOption(columns);
  }

  /** The column that the option {@code --instruction} adds. */
  Optional<String> instructionColumn() {
    return instruction.map(text -> INSTRUCTION);
  }
}
