package org.pyramidspark.comparison;

import static org.pyramidspark.report.Figures.format;
import static org.pyramidspark.report.Figures.mebibytes;
import static org.pyramidspark.report.Figures.number;
import static org.pyramidspark.report.Figures.percent;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.pyramidspark.comparison.ComparisonReport.Difference;
import org.pyramidspark.comparison.ComparisonReport.Mean;
import org.pyramidspark.comparison.ComparisonReport.Policy;
import org.pyramidspark.report.html.Table;

/**
 * The policies' figures as tables of a page, a line for each.
 *
 * @param policies at least one
 */
record PolicyTables(List<Policy> policies) {
  private static final String NOTHING = "";

  private record Column(String head, Function<Policy, String> cell) {}

  /** What the policies cost. */
  Table cost() {
    return table(
        "Speed and memory",
        List.of(
            new Column("KV kept", of(Policy::kv, kv -> percent(kv.keptFraction()))),
            new Column("Rows computed", of(Policy::kv, kv -> percent(kv.computedFraction()))),
            new Column("KV bytes", of(Policy::kv, kv -> mebibytes(kv.bytes()))),
            new Column("Seconds", policy -> number(policy.throughput().seconds())),
            new Column("of these prefill", policy -> number(policy.throughput().prefillSeconds())),
            new Column("of these decode", policy -> number(policy.throughput().decodeSeconds())),
            new Column("Tokens/s", policy -> number(policy.throughput().tokensPerSecond())),
            new Column(
                "Tokens/s by full's", policy -> format("%.2f", policy.throughput().toFull()))));
  }

  /** How far the policies are from the full cache. */
  Table loss() {
    return table(
        "Against the full cache",
        List.of(
            new Column("KL", of(Policy::divergence, loss -> MeanText.of("%.4f", loss.kl(), 1))),
            new Column("Worst KL", of(Policy::divergence, loss -> format("%.2f", loss.worstKl()))),
            new Column(
                "Agreement, percent",
                of(Policy::divergence, loss -> MeanText.of("%.1f", loss.agreement(), 100))),
            new Column("ROUGE-1", of(Policy::rougeToFull, rouge -> score(rouge.rouge1()))),
            new Column("ROUGE-2", of(Policy::rougeToFull, rouge -> score(rouge.rouge2()))),
            new Column("ROUGE-L", of(Policy::rougeToFull, rouge -> score(rouge.rougeL())))));
  }

  /** How far the policies are from the references. */
  Table references() {
    return table(
        "Against the references",
        List.of(
            new Column("NLL", of(Policy::reference, text -> MeanText.of("%.4f", text.nll(), 1))),
            new Column(
                "NLL over full's",
                of(Policy::reference, text -> difference("%+.4f", text.nllOverFull(), 1))),
            new Column(
                "Perplexity",
                of(Policy::reference, text -> MeanText.of("%.2f", text.perplexity(), 1))),
            new Column("ROUGE-1", of(Policy::rouge, rouge -> score(rouge.rouge1()))),
            new Column("ROUGE-2", of(Policy::rouge, rouge -> score(rouge.rouge2()))),
            new Column("ROUGE-L", of(Policy::rouge, rouge -> score(rouge.rougeL()))),
            new Column(
                "ROUGE-L over full's",
                of(Policy::rouge, rouge -> difference("%+.1f", rouge.rougeLOverFull(), 100)))));
  }

  private static <T> Function<Policy, String> of(
      Function<Policy, T> part, Function<T, String> cell) {
    return policy -> part.apply(policy) == null ? NOTHING : cell.apply(part.apply(policy));
  }

  private static String score(Mean mean) {
    return MeanText.of("%.1f", mean, 100);
  }

  /** Nothing for the full cache. */
  private static String difference(String format, Difference difference, double scale) {
    return difference == null ? NOTHING : MeanText.of(format, difference, scale);
  }

  private Table table(String caption, List<Column> columns) {
    return new Table(
        caption,
        Stream.concat(
                Stream.of(Table.Column.text("Policy")),
                columns.stream().map(column -> Table.Column.number(column.head())))
            .toList(),
        policies.stream()
            .map(
                policy ->
                    Stream.concat(
                            Stream.of(policy.name()),
                            columns.stream().map(column -> column.cell().apply(policy)))
                        .toList())
            .toList());
  }
}
