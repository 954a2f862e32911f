package org.pyramidspark.config;

import org.pyramidspark.errors.InvalidInputException;

/**
 * The model that a preset was calibrated on.
 *
 * @param name the model's own name
 * @param sha256 of its file
 */
public record PresetModel(String name, String sha256) {

  /**
   * @param preset its name or path, for the message
   * @param modelName the model that is to run
   * @param modelSha256 of its file
   * @throws InvalidInputException if that is another
   */
  public void check(String preset, String modelName, String modelSha256) {
    if (!sha256.equals(modelSha256)) {
      throw InvalidInputException.of(
          "Preset %s was calibrated on model %s (SHA-256 %s), and this is %s (%s); calibrate on this"
              + " model, or take 'model' out of the preset.",
          preset, name, sha256, modelName, modelSha256);
    }
  }
}
