package org.pyramidspark.calibration;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.pyramidspark.cache.Policies;
import org.pyramidspark.calibration.SettingsLine.Varied;
import org.pyramidspark.errors.InvalidInputException;

/**
 * The settings among which the search chooses: a few lines from mild to strong for each policy,
 * which differ in what is cut first.
 *
 * @param policy whose settings they are
 * @param lines at least one
 */
public record SearchSpace(String policy, List<SettingsLine> lines) {
  private static final String BUDGET = "budget";
  private static final String ROW_KEEP = "row_keep";

  public SearchSpace {
    lines = List.copyOf(lines);
  }

  /**
   * @param policy a name of {@link Policies#NAMES}
   * @throws InvalidInputException if it is not known, or has nothing to choose
   */
  public static SearchSpace of(String policy) {
    var settings = Policies.of(policy, Map.of()).settings();
    List<SettingsLine> lines =
        switch (policy) {
          case "pyramid" -> pyramid();
          case "pyramid-plus" -> pyramidPlus();
          default ->
              settings.containsKey(BUDGET)
                  ? List.of(
                      new SettingsLine(policy, Map.of(), List.of(new Varied(BUDGET, 1, 0.05))))
                  : List.of();
        };
    if (lines.isEmpty()) {
      throw InvalidInputException.of(
          "Policy %s has no settings to calibrate; give one of %s.",
          policy, Policies.NAMES.stream().filter(name -> !name.equals("full")).toList());
    }
    return new SearchSpace(policy, lines);
  }

  /** The published schedule with several recent ratios, and the same share in every layer. */
  private static List<SettingsLine> pyramid() {
    List<SettingsLine> lines = new ArrayList<>();
    for (String recent : List.of("0.05", "0.2", "0.35")) {
      lines.add(pyramid("cosine", recent, 0.3));
    }
    lines.add(pyramid("constant", "0.1", 0.9));
    return lines;
  }

  private static SettingsLine pyramid(String schedule, String recent, double strongest) {
    return new SettingsLine(
        Policies.DEFAULT_PRESET,
        Map.of("prefill_schedule", schedule, "recent_ratio", recent),
        List.of(new Varied("prefill_decay", 1, strongest)));
  }

  /** Rows and entries alike, entries first, rows first; rows from the first layer on or later. */
  private static List<SettingsLine> pyramidPlus() {
    List<SettingsLine> lines = new ArrayList<>();
    for (String firstLayer : List.of("0", "4", "8")) {
      lines.add(plus(firstLayer, new Varied(ROW_KEEP, 1, 0.94), new Varied(BUDGET, 0.9, 0.2)));
    }
    lines.add(plus("4", new Varied(ROW_KEEP, 1, 0.97), new Varied(BUDGET, 0.7, 0.15)));
    lines.add(plus("4", new Varied(ROW_KEEP, 0.99, 0.93), new Varied(BUDGET, 1, 0.5)));
    return lines;
  }

  private static SettingsLine plus(String firstLayer, Varied... varied) {
    return new SettingsLine("pyramid-plus", Map.of("first_layer", firstLayer), List.of(varied));
  }
}
