package org.pyramidspark.job;

import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.Device;
import org.pyramidspark.config.EngineOptions;
import org.pyramidspark.config.KvType;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.executor.DeviceSettings;
import org.pyramidspark.executor.EngineSettings;
import picocli.CommandLine.Option;

/** Command-line options of the engines. */
final class EngineArguments {
  @Option(
      names = "--compute",
      paramLabel = "TYPE",
      converter = LabelConverter.Compute.class,
      description =
          "Type of weights and matrix products: float32 or bfloat16 (default: bfloat16 where the"
              + " processor multiplies it, else float32).")
  private ComputeType computeType;

  @Option(
      names = "--kv-type",
      paramLabel = "TYPE",
      converter = LabelConverter.Kv.class,
      description = "Type of the KV cache: float32, bfloat16 or int8 (default: as --compute).")
  private KvType kvType;

  @Option(
      names = "--max-sequences",
      paramLabel = "N",
      defaultValue = "64",
      description = "The most rows that an engine completes at once (default: ${DEFAULT-VALUE}).")
  private int maxSequences;

  @Option(
      names = "--max-batch-tokens",
      paramLabel = "N",
      defaultValue = "2048",
      description =
          "The most tokens of one step; a longer prompt takes a step without other prompts (default:"
              + " ${DEFAULT-VALUE}).")
  private int maxBatchTokens;

  @Option(
      names = "--kv-budget",
      paramLabel = "SIZE",
      converter = ByteSizeConverter.class,
      description =
          "The most memory of an engine's KV cache, such as 512m or 2g; it decides how many rows run"
              + " at once (default: half of the memory that is free when the engine starts).")
  private Long kvBudget;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      converter = LabelConverter.On.class,
      defaultValue = "auto",
      description =
          "Where matrix products run: cpu, gpu, or auto: a GPU where Spark assigns one and the"
              + " distribution has TensorFlow's natives for it (default: ${DEFAULT-VALUE}).")
  private Device device;

  @Option(
      names = "--gpus-per-task",
      paramLabel = "SHARE",
      description =
          "Spark gives this share of an executor's GPU, such as 0.125, to each task of the stages"
              + " with engines and none to others (default: spark.task.resource.gpu.amount for all"
              + " stages).")
  private Double gpusPerTask;

  /**
   * @throws InvalidInputException if a value is out of range
   */
  EngineSettings settings() {
    if (maxSequences < 1) {
      throw InvalidInputException.of("Option --max-sequences is %d; give 1 or more.", maxSequences);
    }
    if (maxBatchTokens < 1) {
      throw InvalidInputException.of(
          "Option --max-batch-tokens is %d; give 1 or more.", maxBatchTokens);
    }
    long bytes = kvBudget == null ? EngineOptions.KV_BUDGET_OF_FREE_MEMORY : kvBudget;
    return new EngineSettings(
        computeType,
        kvType,
        maxSequences,
        maxBatchTokens,
        bytes,
        new DeviceSettings(device, gpusPerTask == null ? 0 : gpusPerTask));
  }
}
