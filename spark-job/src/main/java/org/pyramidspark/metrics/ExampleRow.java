package org.pyramidspark.metrics;

import java.io.Serializable;
import java.util.List;

/**
 * A completed row that the report shows whole.
 *
 * @param id the row's id
 * @param finishReason why it ended
 * @param promptTokens length of the prompt
 * @param generatedTokens tokens sampled
 * @param keptKvFraction share of the prompt's KV cache kept after prefill
 * @param layers layers of the model
 * @param prompt the prompt's text, shaded by the layers that kept it
 * @param texts what is to be read side by side: the completion, then what it is compared with
 */
public record ExampleRow(
    String id,
    String finishReason,
    int promptTokens,
    int generatedTokens,
    double keptKvFraction,
    int layers,
    ShadedPrompt prompt,
    List<NamedText> texts)
    implements Serializable {
  private static final int MOST_CHARACTERS_OF_AN_ID = 400;

  public ExampleRow {
    id = Excerpt.of(id, MOST_CHARACTERS_OF_AN_ID);
    texts = List.copyOf(texts);
  }

  /**
   * A text and what it is.
   *
   * @param name {@code completion}, {@code full cache} (the full cache's own, where it was tried:
   *     its first tokens), {@code reference}
   * @param text cut after {@value #MOST_CHARACTERS} characters
   */
  public record NamedText(String name, String text) implements Serializable {
    static final int MOST_CHARACTERS = 6000;

    public NamedText {
      text = Excerpt.of(text, MOST_CHARACTERS);
    }
  }
}
