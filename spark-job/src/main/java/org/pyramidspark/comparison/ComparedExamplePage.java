package org.pyramidspark.comparison;

import static org.pyramidspark.report.Figures.count;
import static org.pyramidspark.report.Figures.format;
import static org.pyramidspark.report.Figures.percent;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pyramidspark.comparison.ComparedExample.Outcome;
import org.pyramidspark.metrics.ExampleRow;
import org.pyramidspark.report.ExamplePage;
import org.pyramidspark.report.html.Block;
import org.pyramidspark.report.html.Fold;
import org.pyramidspark.report.html.Subheading;
import org.pyramidspark.report.html.TextColumns;
import org.pyramidspark.report.html.TextColumns.Column;

/**
 * A row that is shown whole, as the blocks of its part of the page: what was expected and what each
 * policy made of it side by side, then what each kept of the prompt.
 *
 * @param id unique on the page
 * @param example the row
 */
record ComparedExamplePage(String id, ComparedExample example) {

  Fold fold(boolean open) {
    List<Block> blocks = new ArrayList<>();
    blocks.add(texts());
    blocks.add(new Subheading("What each cache kept of the prompt"));
    for (int i = 0; i < example.outcomes().size(); i++) {
      blocks.add(kept(id + "-" + (i + 1), example.outcomes().get(i)));
    }
    return new Fold(
        example.full().id(),
        count(example.full().promptTokens()) + " prompt tokens",
        Optional.empty(),
        open,
        blocks);
  }

  private TextColumns texts() {
    List<Column> columns = new ArrayList<>();
    example.expected().forEach(text -> columns.add(new Column("Reference", "", text.text())));
    columns.add(new Column("Full cache", length(example.full()), completion(example.full())));
    for (Outcome outcome : example.outcomes().subList(1, example.outcomes().size())) {
      columns.add(new Column(outcome.policy(), loss(outcome), completion(outcome.row())));
    }
    return new TextColumns(columns);
  }

  private static String completion(ExampleRow row) {
    return row.texts().getFirst().text();
  }

  private static String loss(Outcome outcome) {
    return "KL %s, agreement %s; %s"
        .formatted(
            format("%.4f", outcome.kl()), percent(outcome.agreement()), length(outcome.row()));
  }

  private static String length(ExampleRow row) {
    return "%s tokens, ended by %s".formatted(count(row.generatedTokens()), row.finishReason());
  }

  private static Fold kept(String id, Outcome outcome) {
    ExamplePage row = new ExamplePage(id, outcome.row());
    return new Fold(
        outcome.policy(),
        percent(outcome.row().keptKvFraction()) + " kept",
        Optional.of(row.strip()),
        false,
        List.of(row.prompt()));
  }
}
