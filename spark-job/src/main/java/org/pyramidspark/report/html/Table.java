package org.pyramidspark.report.html;

import java.util.List;

/**
 * A table of texts.
 *
 * @param caption what it holds, for those who cannot see where it stands
 * @param columns from left to right
 * @param rows a text for each column; the first heads its row
 */
public record Table(String caption, List<Column> columns, List<List<String>> rows)
    implements Block {

  /**
   * @param head its heading, may be empty
   * @param numeric whether it holds numbers, which are to stand below each other
   */
  public record Column(String head, boolean numeric) {
    public static Column text(String head) {
      return new Column(head, false);
    }

    public static Column number(String head) {
      return new Column(head, true);
    }
  }

  public Table {
    columns = List.copyOf(columns);
    rows = rows.stream().map(List::copyOf).toList();
    for (List<String> row : rows) {
      if (row.size() != columns.size()) {
        throw new IllegalArgumentException(
            "A row of %s has %d cells and there are %d columns: %s"
                .formatted(caption, row.size(), columns.size(), row));
      }
    }
  }
}
