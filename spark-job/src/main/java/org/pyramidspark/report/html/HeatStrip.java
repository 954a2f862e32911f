package org.pyramidspark.report.html;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Shares along something, each a cell of a strip: the higher, the stronger its shade.
 *
 * @param id unique on the page
 * @param title what is shown
 * @param description the same in words
 * @param shares from left to right, each between 0 and 1; at least one
 */
public record HeatStrip(String id, String title, String description, List<Double> shares)
    implements Block {

  /** A cell as drawn, one unit wide; {@code shade} as {@link Shades#of}. */
  public record Cell(int x, int shade) {}

  public HeatStrip {
    shares = List.copyOf(shares);
  }

  public List<Cell> cells() {
    return IntStream.range(0, shares.size())
        .mapToObj(i -> new Cell(i, Shades.of(shares.get(i))))
        .toList();
  }
}
