package org.pyramidspark.djl;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.config.KvType;
import org.pyramidspark.config.Setting;
import org.pyramidspark.config.SettingValues;
import org.pyramidspark.engine.InferenceEngine;
import org.pyramidspark.errors.InvalidInputException;

/**
 * What DJL's options and arguments mean. Options ({@code optOption}) are read as a model is loaded:
 * the engine's, and how prompts are completed. Arguments ({@code optArgument}) are the
 * translator's: they change how prompts are completed.
 *
 * @param engine how the engine runs
 * @param completion what options say of completions, by key
 */
record ModelSettings(EngineOptions engine, Map<String, String> completion) {
  private static final EngineOptions DEFAULTS = EngineOptions.defaults();
  private static final List<Setting> ENGINE =
      List.of(
          Setting.name(
              "compute", Label.withAuto(ComputeType.values(), ComputeType::label), Label.AUTO),
          Setting.name("kv_type", Label.withAuto(KvType.values(), KvType::label), Label.AUTO),
          Setting.size("kv_budget"),
          Setting.whole("max_sequences", 1, DEFAULTS.maxSequences()),
          Setting.whole("max_batch_tokens", 1, DEFAULTS.maxBatchTokens()),
          Setting.whole("threads", 1, DEFAULTS.threads()));
  private static final List<Setting> ALL =
      Stream.concat(ENGINE.stream(), CompletionSettings.SETTINGS.stream()).toList();

  /** An option that DJL reads itself. */
  private static final String MODEL_NAME = "modelName";

  /** Arguments that DJL, or DJL Serving, reads itself or passes on to everyone. */
  private static final Set<String> ARGUMENTS_OF_DJL =
      Set.of(
          "application",
          "artifact_id",
          "batch_size",
          "blockFactory",
          "cpu.maxWorkers",
          "cpu.minWorkers",
          "engine",
          "gpu.maxWorkers",
          "gpu.minWorkers",
          "gpu.required_memory_mb",
          "gpu.reserved_memory_mb",
          "ignore_real_uri",
          "job_queue_size",
          "load_on_devices",
          "log_request_metric",
          "maxWorkers",
          "max_batch_delay",
          "max_idle_time",
          "metric_dimension",
          "metrics_aggregation",
          "minWorkers",
          "model_name",
          "required_memory_mb",
          "reserved_memory_mb",
          "retry_threshold",
          "task",
          "translator",
          "translatorFactory");

  /**
   * @param options by key; null for none
   * @throws InvalidInputException if there is no such setting, or a value is not allowed
   */
  static ModelSettings ofOptions(Map<String, ?> options) {
    Map<String, String> given = new LinkedHashMap<>();
    if (options != null) {
      options.forEach((key, value) -> given.put(key, String.valueOf(value)));
    }
    given.remove(MODEL_NAME);
    SettingValues values = SettingValues.of("Options of " + PyramidEngine.NAME, ALL, given);
    CompletionSettings.of(values); // So that what is wrong is said before anything is loaded.
    given.keySet().removeIf(ModelSettings::isOfEngine);
    return new ModelSettings(engineOptions(values), given);
  }

  /**
   * How prompts are completed by a translator with these arguments, which change what options say.
   *
   * @throws InvalidInputException as {@link #ofOptions}
   */
  CompletionSettings completion(Map<String, ?> arguments) {
    Map<String, String> given = new LinkedHashMap<>(completion);
    arguments.forEach(
        (key, value) -> {
          if (isOfEngine(key)) {
            throw InvalidInputException.of(
                "Argument %s is a setting of the engine, which is loaded before arguments are read;"
                    + " give it by optOption.",
                key);
          }
          if (!ARGUMENTS_OF_DJL.contains(key)) {
            given.put(key, String.valueOf(value));
          }
        });
    return CompletionSettings.of(
        SettingValues.of("Arguments of " + PyramidEngine.NAME, CompletionSettings.SETTINGS, given));
  }

  private static boolean isOfEngine(String key) {
    return ENGINE.stream().anyMatch(setting -> setting.key().equals(key));
  }

  private static EngineOptions engineOptions(SettingValues values) {
    String computeLabel = values.name("compute");
    ComputeType compute =
        computeLabel.equals(Label.AUTO)
            ? InferenceEngine.fastestType()
            : Label.of(ComputeType.values(), ComputeType::label, computeLabel);
    String kvLabel = values.name("kv_type");
    KvType kv =
        kvLabel.equals(Label.AUTO)
            ? compute.kvType()
            : Label.of(KvType.values(), KvType::label, kvLabel);
    return DEFAULTS
        .withTypes(compute, kv)
        .withKvBudget(values.size("kv_budget"))
        .withMaxSequences(values.whole("max_sequences"))
        .withMaxBatchTokens(values.whole("max_batch_tokens"))
        .withThreads(values.whole("threads"));
  }
}
