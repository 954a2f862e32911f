package org.pyramidspark.benchmark;

import java.util.LinkedHashMap;
import java.util.Map;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.cache.FullPolicy;
import org.pyramidspark.cache.PyramidPolicy;
import org.pyramidspark.config.Presets;
import org.pyramidspark.errors.InvalidInputException;

/**
 * A policy as it is written on the command line: {@code full}, or a preset, with changes after a
 * colon: {@code llama2-7b:prefill_decay=0.5,recent_ratio=0.1}.
 *
 * @param name as written
 * @param policy what it means
 */
public record NamedPolicy(String name, CachePolicy policy) {

  /**
   * @throws InvalidInputException if it means nothing
   */
  public static NamedPolicy parse(String text) {
    int colon = text.indexOf(':');
    String preset = colon < 0 ? text : text.substring(0, colon);
    Map<String, String> changes = new LinkedHashMap<>();
    if (colon >= 0) {
      for (String change : text.substring(colon + 1).split(",")) {
        int equals = change.indexOf('=');
        if (equals < 1) {
          throw InvalidInputException.of(
              "Policy %s: '%s' is no change of a setting; write KEY=VALUE.", text, change);
        }
        changes.put(change.substring(0, equals), change.substring(equals + 1));
      }
    }
    if (!preset.equals("full")) {
      return new NamedPolicy(text, new PyramidPolicy(Presets.with(Presets.load(preset), changes)));
    }
    if (!changes.isEmpty()) {
      throw InvalidInputException.of("Policy %s: full has no settings; write full alone.", text);
    }
    return new NamedPolicy(text, new FullPolicy());
  }
}
