package org.pyramidspark.job;

import java.util.ArrayList;
import java.util.List;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.config.SamplingOptions;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.executor.RowSettings;
import org.pyramidspark.guard.GuardSettings;
import org.pyramidspark.tokens.Truncation;
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

  @Option(
      names = "--max-prompt-tokens",
      paramLabel = "N",
      description =
          "The most tokens of a prompt (default: the model's context less the new tokens, which"
              + " always limits it).")
  private Integer maxPromptTokens;

  @Option(
      names = "--truncate",
      paramLabel = "RULE",
      defaultValue = "middle",
      converter = LabelConverter.Cut.class,
      description =
          "Where a longer prompt's text is cut: middle, head or tail; error makes it an error row"
              + " (default: ${DEFAULT-VALUE}).")
  private Truncation truncation;

  /**
   * @throws InvalidInputException if a value is out of range
   */
  RowSettings settings(CachePolicy policy, SamplingOptions sampling) {
    if (maxNewTokens < 1) {
      throw InvalidInputException.of(
          "Option --max-new-tokens is %d; give 1 or more.", maxNewTokens);
    }
    if (maxPromptTokens != null && maxPromptTokens < 1) {
      throw InvalidInputException.of(
          "Option --max-prompt-tokens is %d; give 1 or more, or leave it out.", maxPromptTokens);
    }
    if (stop.stream().anyMatch(String::isEmpty)) {
      throw InvalidInputException.of("Option --stop is empty; give some text, or leave it out.");
    }
    return new RowSettings(
        policy,
        sampling,
        maxNewTokens,
        stop,
        ignoreEos,
        GuardSettings.OFF,
        new RowSettings.PromptLimit(
            maxPromptTokens == null ? Integer.MAX_VALUE : maxPromptTokens, truncation));
  }
}
