package org.pyramidspark.report.html;

/**
 * Some sentences.
 *
 * @param text plain
 * @param note whether it explains what stands beside it, rather than says something of its own
 */
public record Paragraph(String text, boolean note) implements Block {
  public static Paragraph of(String text) {
    return new Paragraph(text, false);
  }

  public static Paragraph note(String text) {
    return new Paragraph(text, true);
  }
}
