package org.pyramidspark.comparison;

import static org.pyramidspark.report.Figures.format;
import static org.pyramidspark.report.Figures.mebibytes;
import static org.pyramidspark.report.Figures.number;
import static org.pyramidspark.report.Figures.percent;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.pyramidspark.comparison.ComparisonReport.Policy;
import org.pyramidspark.comparison.ComparisonReport.Rouge;

/**
 * The policies as a table: a line for each, in Markdown that is aligned for the eye too. A column
 * that is empty throughout is left out.
 *
 * @param policies at least one
 */
record ComparisonTable(List<Policy> policies) {
  private static final String NOTHING = "";

  private record Column(String head, Function<Policy, String> cell) {}

  private static final List<Column> COLUMNS =
      List.of(
          new Column("Policy", policy -> policy.name().replace("|", "\\|")),
          new Column("Tokens/s", policy -> number(policy.throughput().tokensPerSecond())),
          new Column("By full's", policy -> format("%.2f", policy.throughput().toFull())),
          new Column("Seconds", policy -> number(policy.throughput().seconds())),
          new Column("KV kept", of(Policy::kv, kv -> percent(kv.keptFraction()))),
          new Column("Rows computed", of(Policy::kv, kv -> percent(kv.computedFraction()))),
          new Column("KV bytes", of(Policy::kv, kv -> mebibytes(kv.bytes()))),
          new Column("KL", of(Policy::divergence, loss -> MeanText.of("%.4f", loss.kl(), 1))),
          new Column("Worst KL", of(Policy::divergence, loss -> format("%.2f", loss.worstKl()))),
          new Column(
              "Agreement %",
              of(Policy::divergence, loss -> MeanText.of("%.1f", loss.agreement(), 100))),
          new Column("NLL", of(Policy::reference, text -> format("%.4f", text.nll().mean()))),
          new Column(
              "Perplexity",
              of(Policy::reference, text -> format("%.2f", text.perplexity().mean()))),
          new Column("ROUGE-1/2/L", of(Policy::rouge, ComparisonTable::rouge)),
          new Column("To full's", of(Policy::rougeToFull, ComparisonTable::rouge)));

  private static <T> Function<Policy, String> of(
      Function<Policy, T> part, Function<T, String> cell) {
    return policy -> part.apply(policy) == null ? NOTHING : cell.apply(part.apply(policy));
  }

  private static String rouge(Rouge scores) {
    return format(
        "%.1f / %.1f / %.1f",
        100 * scores.rouge1().mean(), 100 * scores.rouge2().mean(), 100 * scores.rougeL().mean());
  }

  /** Lines with a line end each. */
  String markdown() {
    List<Column> columns =
        COLUMNS.stream()
            .filter(
                column ->
                    policies.stream().anyMatch(policy -> !column.cell.apply(policy).isEmpty()))
            .toList();
    List<List<String>> lines =
        Stream.concat(
                Stream.of(columns.stream().map(Column::head).toList()),
                policies.stream().map(policy -> cells(policy, columns)))
            .toList();
    int[] widths =
        IntStream.range(0, columns.size())
            .map(i -> lines.stream().mapToInt(line -> line.get(i).length()).max().orElse(0))
            .toArray();
    String rule =
        IntStream.range(0, widths.length)
            .mapToObj(i -> "-".repeat(widths[i] + 1) + (i == 0 ? "-" : ":"))
            .collect(Collectors.joining("|", "|", "|\n"));
    return line(lines.getFirst(), widths)
        + rule
        + lines.stream().skip(1).map(line -> line(line, widths)).collect(Collectors.joining());
  }

  private static List<String> cells(Policy policy, List<Column> columns) {
    return columns.stream().map(column -> column.cell.apply(policy)).toList();
  }

  /** Names to the left, numbers to the right. */
  private static String line(List<String> cells, int[] widths) {
    return IntStream.range(0, widths.length)
        .mapToObj(i -> (i == 0 ? "%-" : "%") + widths[i] + "s")
        .collect(Collectors.joining(" | ", "| ", " |\n"))
        .formatted(cells.toArray());
  }
}
