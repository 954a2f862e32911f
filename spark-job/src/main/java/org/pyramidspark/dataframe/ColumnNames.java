package org.pyramidspark.dataframe;

import java.io.Serializable;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.pyramidspark.config.Setting;
import org.pyramidspark.config.SettingValues;
import org.pyramidspark.errors.InvalidInputException;

/**
 * Which columns were named for which fields; a column that is not named goes by its field's name,
 * if it is there.
 *
 * @param named columns by field
 * @param byOption whether by the option {@code --columns} of a command, rather than by settings
 */
public record ColumnNames(Map<String, String> named, boolean byOption) implements Serializable {
  static final String OUTPUT = "output_column";

  /** Settings that name columns. */
  static final List<Setting> SETTINGS =
      Stream.concat(
              Arrays.stream(RowField.values())
                  .map(field -> Setting.text(field.columnSetting(), "a column's name")),
              Stream.of(Setting.text(OUTPUT, "a column's name", "completion")))
          .toList();

  public ColumnNames {
    named = Map.copyOf(named);
  }

  /** Those that settings name. */
  static ColumnNames of(SettingValues values) {
    Map<String, String> named = new LinkedHashMap<>();
    for (RowField field : RowField.values()) {
      String name = values.name(field.columnSetting());
      if (!name.isEmpty()) {
        named.put(field.label(), name);
      }
    }
    return new ColumnNames(named, false);
  }

  /**
   * Those that {@code --columns} names.
   *
   * @param named columns by field
   * @throws InvalidInputException if there is no such field
   */
  public static ColumnNames ofOption(Map<String, String> named) {
    List<String> fields = RowField.labels(List.of(RowField.values()));
    named.forEach(
        (field, column) -> {
          if (!fields.contains(field)) {
            throw InvalidInputException.of(
                "Option --columns names a column for %s; give one of %s.",
                field, String.join(", ", fields));
          }
          if (column.isEmpty()) {
            throw InvalidInputException.of(
                "Option --columns names no column for %s; give %s=COLUMN.", field, field);
          }
        });
    return new ColumnNames(named, true);
  }

  /** The column that was named for a field. */
  Optional<String> of(RowField field) {
    return Optional.ofNullable(named.get(field.label()));
  }

  /** How a column is named for a field, in words. */
  String way(RowField field) {
    return byOption
        ? "--columns %s=COLUMN".formatted(field.label())
        : "the setting " + field.columnSetting();
  }

  /** How the table is called in messages. */
  String table() {
    return byOption ? "input" : "DataFrame";
  }

  /** The sentence's begin where a column was named that is not there. */
  String saying(RowField field) {
    String name = named.get(field.label());
    return byOption
        ? "Option --columns has %s=%s".formatted(field.label(), name)
        : "Setting %s is \"%s\"".formatted(field.columnSetting(), name);
  }
}
