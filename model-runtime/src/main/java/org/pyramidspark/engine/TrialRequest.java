package org.pyramidspark.engine;

import java.util.List;
import java.util.Optional;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.cache.PromptShape;
import org.pyramidspark.tokens.TokenSpan;

/**
 * Policies to be tried on one prompt beside the full cache, all along the same tokens (teacher
 * forcing).
 *
 * @param promptTokens the whole prompt, template included
 * @param document which of them are the document, if it is one with an instruction
 * @param policies what is tried; may be empty
 * @param paths what follows the prompt, one or more; the prompt is computed once for all
 */
public record TrialRequest(
    int[] promptTokens,
    Optional<TokenSpan> document,
    List<CachePolicy> policies,
    List<Path> paths) {

  /**
   * Tokens that all follow.
   *
   * @param numTokens how many next tokens are compared, at least 1
   * @param forced the tokens to follow, such as a reference's; after their end, or without any,
   *     those that the full cache finds likeliest
   */
  public record Path(int numTokens, int[] forced) {

    /** The full cache's own greedy completion. */
    public static Path greedy(int numTokens) {
      return new Path(numTokens, new int[0]);
    }

    /** Given tokens, at least one. */
    public static Path along(int[] tokens) {
      return new Path(tokens.length, tokens);
    }
  }

  public TrialRequest {
    policies = List.copyOf(policies);
    paths = List.copyOf(paths);
  }

  PromptShape shape() {
    return GenerationRequest.shape(promptTokens.length, document);
  }

  int mostTokens() {
    return paths.stream().mapToInt(Path::numTokens).max().orElse(0);
  }

  int leastTokens() {
    return paths.stream().mapToInt(Path::numTokens).min().orElse(0);
  }
}
