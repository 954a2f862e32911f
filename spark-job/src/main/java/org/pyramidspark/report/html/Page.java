package org.pyramidspark.report.html;

import java.util.List;

/**
 * A report as a page: its head with links to the sections, and these.
 *
 * @param title of the window
 * @param heading what the page says it is
 * @param about a line on what the figures were made of
 * @param tiles the figures to begin with
 * @param sections from top to bottom
 */
public record Page(
    String title, String heading, String about, List<Tile> tiles, List<Section> sections) {
  public Page {
    tiles = List.copyOf(tiles);
    sections = List.copyOf(sections);
  }
}
