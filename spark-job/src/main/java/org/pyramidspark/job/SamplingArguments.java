package org.pyramidspark.job;

import org.pyramidspark.config.SamplingOptions;
import picocli.CommandLine.Option;

/** Command-line options of how tokens are chosen. */
final class SamplingArguments {
  @Option(
      names = "--temperature",
      paramLabel = "T",
      defaultValue = "0",
      description = "0 takes the best token, more draws (default: ${DEFAULT-VALUE}).")
  private float temperature;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      defaultValue = "0",
      description = "Draw among the K best tokens only, 0: all (default: ${DEFAULT-VALUE}).")
  private int topK;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      defaultValue = "1",
      description =
          "Draw among the best tokens that together reach probability P only (default:"
              + " ${DEFAULT-VALUE}).")
  private float topP;

  @Option(
      names = "--seed",
      paramLabel = "SEED",
      defaultValue = "0",
      description =
          "Start of all random numbers; a row's own seed is made of it and the row's id (default:"
              + " ${DEFAULT-VALUE}).")
  private long seed;

  /**
   * @throws org.pyramidspark.errors.InvalidInputException if a value is out of range
   */
  SamplingOptions options() {
    return new SamplingOptions(temperature, topK, topP, seed);
  }
}
