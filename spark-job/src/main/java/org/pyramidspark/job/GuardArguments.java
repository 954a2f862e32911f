package org.pyramidspark.job;

import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.guard.GuardSettings;
import picocli.CommandLine.Option;

/** Command-line options of the guard. */
final class GuardArguments {
  @Option(
      names = "--guard",
      paramLabel = "LOSS",
      description =
          "Keep what compression costs under this mean KL divergence in nats, such as 0.05: some"
              + " rows are tried beside the full cache, and the rows to come keep more when it is"
              + " over the limit with confidence (default: no limit).")
  private Double guard;

  @Option(
      names = "--guard-share",
      paramLabel = "SHARE",
      defaultValue = "0.02",
      description = "Share of the rows that the guard tries (default: ${DEFAULT-VALUE}).")
  private double guardShare;

  @Option(
      names = "--guard-tokens",
      paramLabel = "N",
      defaultValue = "32",
      description =
          "Next tokens that it compares on such a row, at most half of its new tokens (default:"
              + " ${DEFAULT-VALUE}).")
  private int guardTokens;

  /**
   * @param seed chooses the rows that are tried
   * @throws InvalidInputException if a value is out of range
   */
  GuardSettings settings(long seed) {
    return guard == null
        ? GuardSettings.OFF
        : new GuardSettings(guard, guardShare, guardTokens, seed);
  }
}
