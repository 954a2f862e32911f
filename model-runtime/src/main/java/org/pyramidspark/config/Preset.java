package org.pyramidspark.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Settings of one policy out of a file.
 *
 * @param policy the policy's name
 * @param settings by key, as text; none for pyramid, whose {@link Presets#load} reads
 * @param model that they were calibrated on, if the file says so
 */
public record Preset(String policy, Map<String, String> settings, Optional<PresetModel> model) {

  public Preset {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  /** Whether they are {@link PyramidConfig}'s, which {@link Presets#load} reads. */
  public boolean isOfPyramid() {
    return policy.equals(PresetFile.PYRAMID);
  }
}
