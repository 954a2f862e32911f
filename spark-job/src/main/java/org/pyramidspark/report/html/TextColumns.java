package org.pyramidspark.report.html;

import java.util.List;

/**
 * Texts to be read side by side.
 *
 * @param columns from left to right
 */
public record TextColumns(List<Column> columns) implements Block {

  /**
   * @param heading says what the text is
   * @param note on it, may be empty
   * @param text as it is, with its line ends
   */
  public record Column(String heading, String note, String text) {}

  public TextColumns {
    columns = List.copyOf(columns);
  }
}
