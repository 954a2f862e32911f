package org.pyramidspark.config;

import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pyramidspark.errors.InvalidInputException;

/**
 * The values of settings, such as a policy's.
 *
 * @param values by key, in the settings' order: Double, Integer, Long or String each
 */
public record SettingValues(Map<String, Object> values) implements Serializable {

  public SettingValues {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /**
   * The settings with some changed.
   *
   * @param origin whose settings they are, to open messages: "Policy snapkv"
   * @param changes new values by key, as text
   * @throws InvalidInputException if there is no such setting, or a value is not allowed
   */
  public static SettingValues of(
      String origin, List<Setting> settings, Map<String, String> changes) {
    Map<String, Object> values = new LinkedHashMap<>();
    settings.forEach(setting -> values.put(setting.key(), setting.initial()));
    changes.forEach(
        (key, text) -> {
          Setting changed =
              settings.stream()
                  .filter(setting -> setting.key().equals(key))
                  .findFirst()
                  .orElseThrow(() -> unknown(origin, settings, key));
          values.put(key, changed.parse(text));
        });
    return new SettingValues(values);
  }

  private static InvalidInputException unknown(String origin, List<Setting> settings, String key) {
    List<String> keys = settings.stream().map(Setting::key).toList();
    return keys.isEmpty()
        ? InvalidInputException.of("%s has no settings; leave --set %s out.", origin, key)
        : Spelling.unknownKey(origin, key, keys);
  }

  /** The same with one value changed. */
  public SettingValues with(String key, Object value) {
    Map<String, Object> changed = new LinkedHashMap<>(values);
    changed.put(key, value);
    return new SettingValues(changed);
  }

  /** A number with a fraction. */
  public double decimal(String key) {
    return (double) values.get(key);
  }

  /** A whole number. */
  public int whole(String key) {
    return (int) values.get(key);
  }

  /** Bytes. */
  public long size(String key) {
    return (long) values.get(key);
  }

  /** A name or a text. */
  public String name(String key) {
    return (String) values.get(key);
  }
}
