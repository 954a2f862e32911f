package org.pyramidspark.dataframe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pyramidspark.config.Setting;
import org.pyramidspark.job.GenerateCommand;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Settings beside the options of the command {@code generate}. */
class GenerateSettingsTest {

  static List<Setting> settings() {
    return GenerateSettings.OF_ROWS;
  }

  @ParameterizedTest
  @MethodSource("settings")
  void aSettingIsAnOptionOfTheCommandWithTheSameDefault(Setting setting) {
    OptionSpec option =
        new CommandLine(new GenerateCommand())
            .getCommandSpec()
            .findOption("--" + setting.key().replace('_', '-'));
    assertThat(option).as(setting.key()).isNotNull();
    if (option.defaultValue() != null && setting.initial() instanceof Number number) {
      assertThat(Double.parseDouble(option.defaultValue())).isEqualTo(number.doubleValue());
    } else if (option.defaultValue() != null) {
      assertThat(option.defaultValue()).isEqualTo(setting.initial());
    }
  }
}
