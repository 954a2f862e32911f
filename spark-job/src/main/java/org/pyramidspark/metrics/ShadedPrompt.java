package org.pyramidspark.metrics;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.io.Serializable;
import java.util.List;

/**
 * A prompt's text in runs of tokens that equally many layers kept, the middle of a long one left
 * out.
 *
 * @param beginning runs of the first tokens
 * @param tokensLeftOut how many tokens are not shown
 * @param end runs of the last tokens, empty if none are left out
 * @param keptAlong mean share of the layers that kept a token, 0 to 1, for up to {@value
 *     #MOST_PARTS} equal parts of the whole prompt
 */
public record ShadedPrompt(
    List<Run> beginning, int tokensLeftOut, List<Run> end, List<Double> keptAlong)
    implements Serializable {
  public static final int MOST_PARTS = 120;

  public ShadedPrompt {
    beginning = List.copyOf(beginning);
    end = List.copyOf(end);
    keptAlong = List.copyOf(keptAlong);
  }

  /**
   * @param text of some tokens
   * @param layers how many layers' caches held each of them after the prefill, to a tenth: where KV
   *     heads differ their mean
   */
  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  public record Run(String text, double layers) implements Serializable {}
}
