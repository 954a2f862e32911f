package org.pyramidspark.job;

import java.util.ArrayList;
import java.util.List;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.config.SamplingOptions;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.executor.RowSettings;
import org.pyramidspark.guard.GuardSettings;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Command-line options of the completions but for how tokens are chosen. */
final class RowArguments {
  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      defaultValue = "256",
      description = "The most tokens to generate for a row (default: ${DEFAULT-VALUE}).")
  private int maxNewTokens;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "End a completion before this text; may be repeated (default: none).")
  private List<String> stop = new ArrayList<>();

  @Option(
      names = "--ignore-eos",
      description = "Go on after the model's end token (default: stop there).")
  private boolean ignoreEos;

  @Mixin private PromptArguments prompts;

  /**
   * @throws InvalidInputException if a value is out of range
   */
  RowSettings settings(CachePolicy policy, SamplingOptions sampling) {
    if (maxNewTokens < 1) {
      throw InvalidInputException.of(
          "Option --max-new-tokens is %d; give 1 or more.", maxNewTokens);
    }
    if (stop.stream().anyMatch(String::isEmpty)) {
      throw InvalidInputException.of("Option --stop is empty; give some text, or leave it out.");
    }
    return new RowSettings(
        policy, sampling, maxNewTokens, stop, ignoreEos, GuardSettings.OFF, prompts.limit());
  }
}
