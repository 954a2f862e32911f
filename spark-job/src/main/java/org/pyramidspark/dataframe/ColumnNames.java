package org.pyramidspark.dataframe;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pyramidspark.config.Setting;
import org.pyramidspark.config.SettingValues;

/**
 * Which columns were named in the settings.
 *
 * @param values the settings
 */
record ColumnNames(SettingValues values) implements Serializable {
  private static final String OUTPUT = "output_column";

  /** Their settings; a column that is not named goes by its default, if it is there. */
  static final List<Setting> SETTINGS =
      Stream.concat(
              Arrays.stream(RowField.values())
                  .map(field -> Setting.text(field.columnSetting(), "a column's name")),
              Stream.of(Setting.text(OUTPUT, "a column's name", "completion")))
          .toList();

  /** The column that was named for a field. */
  Optional<String> of(RowField field) {
    return Optional.of(values.name(field.columnSetting())).filter(name -> !name.isEmpty());
  }

  /** The column that is added. */
  String output() {
    return values.name(OUTPUT);
  }
}
