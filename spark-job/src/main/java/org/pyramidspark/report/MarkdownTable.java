package org.pyramidspark.report;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pyramidspark.report.RunReport.ErrorRow;
import org.pyramidspark.report.html.Table;

/** Tables that several reports have, in Markdown. */
public final class MarkdownTable {
  private MarkdownTable() {}

  /** Any table. */
  public static String of(Table table) {
    Stream<String> head =
        Stream.of(
            line(table.columns().stream().map(Table.Column::head)),
            table.columns().stream()
                .map(column -> column.numeric() ? "---:" : "---")
                .collect(Collectors.joining("|", "|", "|")));
    return Stream.concat(head, table.rows().stream().map(row -> line(row.stream())))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static String line(Stream<String> cells) {
    return cells.map(MarkdownTable::cell).collect(Collectors.joining(" | ", "| ", " |"));
  }

  /** Names and values under a title of their own. */
  public static String entries(String title, String head, Map<String, String> entries) {
    return entries.entrySet().stream()
        .map(entry -> "| %s | %s |".formatted(cell(entry.getKey()), cell(entry.getValue())))
        .collect(
            Collectors.joining(
                "\n", "## %s\n\n| %s | Value |\n|---|---|\n".formatted(title, head), "\n"));
  }

  /** Rows and what is wrong with them; nothing where there are none. */
  public static String errorRows(List<ErrorRow> rows) {
    return rows.isEmpty()
        ? ""
        : rows.stream()
            .map(
                row ->
                    "| %s | %s | %s |"
                        .formatted(cell(row.id()), cell(row.kind()), cell(row.reason())))
            .collect(Collectors.joining("\n", "| Row | Error | Reason |\n|---|---|---|\n", "\n"));
  }

  /** Text that cannot end a cell. */
  public static String cell(String text) {
    return text.replace("|", "\\|").replaceAll("\\R", " ");
  }
}
