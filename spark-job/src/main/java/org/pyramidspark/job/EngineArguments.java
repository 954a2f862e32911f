package org.pyramidspark.job;

import org.pyramidspark.config.ComputeType;
import org.pyramidspark.config.KvType;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.executor.EngineSettings;
import picocli.CommandLine.Option;

/** Command-line options of the engines. */
final class EngineArguments {
  @Option(
      names = "--compute",
      paramLabel = "TYPE",
      defaultValue = "float32",
      converter = LabelConverter.Compute.class,
      description =
          "Type of weights and matrix products: float32 or bfloat16 (default: ${DEFAULT-VALUE}).")
  private ComputeType computeType;

  @Option(
      names = "--kv-type",
      paramLabel = "TYPE",
      defaultValue = "float32",
      converter = LabelConverter.Kv.class,
      description = "Type of the KV cache: float32, bfloat16 or int8 (default: ${DEFAULT-VALUE}).")
  private KvType kvType;

  @Option(
      names = "--max-sequences",
      paramLabel = "N",
      defaultValue = "32",
      description = "The most rows that an engine completes at once (default: ${DEFAULT-VALUE}).")
  private int maxSequences;

  /**
   * @throws InvalidInputException if a value is out of range
   */
  EngineSettings settings() {
    if (maxSequences < 1) {
      throw InvalidInputException.of("Option --max-sequences is %d; give 1 or more.", maxSequences);
    }
    return new EngineSettings(computeType, kvType, maxSequences);
  }
}
