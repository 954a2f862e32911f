package org.pyramidspark.report.html;

import java.util.List;

/**
 * A text whose pieces are shaded, the middle of a long one left out.
 *
 * @param label says what the text is
 * @param beginning of the text
 * @param leftOut says how much is left out, empty if nothing is
 * @param end of the text, where something is left out
 */
public record ShadedText(String label, List<Piece> beginning, String leftOut, List<Piece> end)
    implements Block {

  /** A piece of the text, its shade as {@link Shades#of}, and the shade in words. */
  public record Piece(String text, int shade, String tip) {}

  public ShadedText {
    beginning = List.copyOf(beginning);
    end = List.copyOf(end);
  }
}
