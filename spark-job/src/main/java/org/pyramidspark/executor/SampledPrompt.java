package org.pyramidspark.executor;

import java.io.Serializable;
import java.util.Comparator;
import java.util.Optional;
import org.pyramidspark.engine.GenerationRequest;
import org.pyramidspark.tokens.TokenSpan;

/**
 * A row of a sample, ready to be tried.
 *
 * @param id the row's
 * @param place in the sample: uniform in 0 to 1, by the seed and the id alone
 * @param tokens the prompt
 * @param document which of them are the document; null if it has none
 */
public record SampledPrompt(String id, double place, int[] tokens, TokenSpan document)
    implements Serializable {

  /** The order of the sample: the same whatever the splits are. */
  public static final Comparator<SampledPrompt> BY_PLACE =
      Comparator.comparingDouble(SampledPrompt::place).thenComparing(SampledPrompt::id);

  static SampledPrompt of(String id, double place, GenerationRequest request) {
    return new SampledPrompt(id, place, request.promptTokens(), request.document().orElse(null));
  }

  Optional<TokenSpan> span() {
    return Optional.ofNullable(document);
  }
}
