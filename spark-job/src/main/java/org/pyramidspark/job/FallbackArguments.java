package org.pyramidspark.job;

import org.pyramidspark.cache.NamedPolicy;
import picocli.CommandLine.Option;

/** Command-line option of what is done with rows that do not fit into memory. */
final class FallbackArguments {
  @Option(
      names = "--fallback-policy",
      paramLabel = "POLICY",
      description =
          "Complete a row that does not fit into memory, not even alone, under this policy or preset,"
              + " such as snapkv:budget=0.1; such a row says so (default: make it an error row).")
  private String fallback;

  /**
   * The policy; null if there is none.
   *
   * @throws org.pyramidspark.errors.InvalidInputException if it is not known
   */
  NamedPolicy policy() {
    return fallback == null ? null : NamedPolicy.parse(fallback);
  }
}
