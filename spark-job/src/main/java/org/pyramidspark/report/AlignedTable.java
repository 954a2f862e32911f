package org.pyramidspark.report;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.pyramidspark.report.html.Table;

/** A table for a terminal: columns that are aligned for the eye. */
public final class AlignedTable {
  private AlignedTable() {}

  /** The heads, then a line for each row. */
  public static String of(Table table) {
    List<List<String>> lines =
        Stream.concat(
                Stream.of(table.columns().stream().map(Table.Column::head).toList()),
                table.rows().stream())
            .toList();
    int[] widths =
        IntStream.range(0, table.columns().size())
            .map(
                column ->
                    lines.stream().mapToInt(line -> line.get(column).length()).max().orElse(0))
            .toArray();
    return lines.stream()
        .map(line -> line(line, table.columns(), widths))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static String line(List<String> cells, List<Table.Column> columns, int[] widths) {
    return IntStream.range(0, widths.length)
        .mapToObj(
            i ->
                columns.get(i).numeric()
                    ? " ".repeat(widths[i] - cells.get(i).length()) + cells.get(i)
                    : cells.get(i) + " ".repeat(widths[i] - cells.get(i).length()))
        .collect(Collectors.joining("  "))
        .stripTrailing();
  }
}
