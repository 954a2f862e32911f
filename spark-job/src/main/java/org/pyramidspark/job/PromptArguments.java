package org.pyramidspark.job;

import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.executor.RowSettings;
import org.pyramidspark.tokens.Truncation;
import picocli.CommandLine.Option;

/** Command-line options of how long prompts may be. */
final class PromptArguments {
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
  RowSettings.PromptLimit limit() {
    if (maxPromptTokens != null && maxPromptTokens < 1) {
      throw InvalidInputException.of(
          "Option --max-prompt-tokens is %d; give 1 or more, or leave it out.", maxPromptTokens);
    }
    return new RowSettings.PromptLimit(
        maxPromptTokens == null ? Integer.MAX_VALUE : maxPromptTokens, truncation);
  }
}
