package org.pyramidspark.job;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The options of a command as a report shows them. */
final class GivenOptions {
  private static final String HELP = "--help";

  private GivenOptions() {}

  /**
   * All options with their values, given or default, in the command's order.
   *
   * @param apart long names of those that the command shows in another form
   */
  static Map<String, String> of(CommandSpec spec, List<String> apart) {
    Map<String, String> values = new LinkedHashMap<>();
    for (OptionSpec option : spec.options()) {
      String name = option.longestName();
      if (!name.equals(HELP) && !apart.contains(name) && option.getValue() != null) {
        values.put(name.substring(2), LabelConverter.text(option.getValue()));
      }
    }
    return values;
  }
}
