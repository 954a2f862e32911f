package org.pyramidspark.calibration;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.stream.Collectors;
import org.pyramidspark.cache.NamedPolicy;

/**
 * Settings of one policy from mild to strong, in one direction: some stay as they are, others go
 * from one value to another. Stronger settings compute or keep less.
 *
 * @param policy its name, or that of a preset of pyramid
 * @param fixed settings that stay, by key
 * @param varied settings that change with the strength
 */
public record SettingsLine(String policy, Map<String, String> fixed, List<Varied> varied) {
  private static final int DECIMALS = 3;

  /**
   * A setting that changes.
   *
   * @param mild its value at strength 0
   * @param strong its value at strength 1
   */
  public record Varied(String key, double mild, double strong) {

    /** The value at a strength, rounded to three decimals. */
    String at(double strength) {
      return BigDecimal.valueOf(mild + strength * (strong - mild))
          .setScale(DECIMALS, RoundingMode.HALF_EVEN)
          .stripTrailingZeros()
          .toPlainString();
    }
  }

  public SettingsLine {
    fixed = Map.copyOf(fixed);
    varied = List.copyOf(varied);
  }

  /**
   * The settings at one point of the line.
   *
   * @param strength 0 for the mildest, 1 for the strongest
   */
  public NamedPolicy at(double strength) {
    Map<String, String> changes = new LinkedHashMap<>();
    fixed.entrySet().stream()
        .sorted(Entry.comparingByKey())
        .forEach(setting -> changes.put(setting.getKey(), setting.getValue()));
    varied.forEach(setting -> changes.put(setting.key(), setting.at(strength)));
    return NamedPolicy.parse(
        changes.entrySet().stream()
            .map(change -> change.getKey() + "=" + change.getValue())
            .collect(Collectors.joining(",", policy + ":", "")));
  }
}
