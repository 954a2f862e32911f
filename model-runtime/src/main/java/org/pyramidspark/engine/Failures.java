package org.pyramidspark.engine;

import java.util.Optional;
import java.util.Set;
import org.pyramidspark.config.ModelConfig;

/** Results of requests that could not be completed: a row is never lost. */
final class Failures {
  private Failures() {}

  static GenerationResult result(GenerationRequest request, String error, Set<RetryStep> retries) {
    return GenerationResult.failed(request.id(), request.promptTokens().length, error, retries);
  }

  /** What is wrong with a request, if anything. */
  static Optional<String> check(GenerationRequest request, ModelConfig model) {
    return check(request.promptTokens(), request.maxNewTokens(), model);
  }

  static Optional<String> check(int[] tokens, int maxNewTokens, ModelConfig model) {
    if (tokens.length == 0) {
      return Optional.of("The prompt is empty; give at least one token.");
    }
    if (tokens.length >= model.contextLength()) {
      return Optional.of(
          "The prompt has %d tokens and the model's context holds %d; leave room for at least one new token."
              .formatted(tokens.length, model.contextLength()));
    }
    if (maxNewTokens < 1) {
      return Optional.of("The limit of new tokens is %d; give 1 or more.".formatted(maxNewTokens));
    }
    for (int i = 0; i < tokens.length; i++) {
      if (tokens[i] < 0 || tokens[i] >= model.vocabularySize()) {
        return Optional.of(
            "Prompt token %d is %d; the model's vocabulary has ids from 0 to %d."
                .formatted(i, tokens[i], model.vocabularySize() - 1));
      }
    }
    return Optional.empty();
  }
}
