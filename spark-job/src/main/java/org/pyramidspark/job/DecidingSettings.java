package org.pyramidspark.job;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pyramidspark.report.RunReport;

/** The settings of a run that its rows depend on, and so must not change when it is resumed. */
final class DecidingSettings {
  /**
   * Options that change no row: where things are, and how engines run, whose rows do not depend on
   * their batches. Corpus and model are compared by what they hold, a preset by its settings.
   */
  private static final List<String> CHANGE_NOTHING =
      List.of(
          "input",
          "output",
          "overwrite",
          "resume",
          "master",
          "partitions",
          "max-sequences",
          "max-batch-tokens",
          "kv-budget",
          "gpus-per-task",
          "preset");

  private DecidingSettings() {}

  /**
   * @param given all options with their values
   */
  static Map<String, String> of(Map<String, String> given, RunReport.Model model) {
    Map<String, String> settings = new LinkedHashMap<>(given);
    CHANGE_NOTHING.forEach(settings::remove);
    settings.put("model", "%s with SHA-256 %s".formatted(model.name(), model.sha256()));
    settings.put("version", Versions.application());
    return settings;
  }
}
