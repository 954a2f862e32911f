package org.pyramidspark.report.html;

import java.util.List;

/**
 * Sentences below each other.
 *
 * @param texts plain, at least one
 */
public record Points(List<String> texts) implements Block {
  public Points {
    texts = List.copyOf(texts);
  }
}
