package org.pyramidspark.report;

import static org.pyramidspark.report.Figures.count;
import static org.pyramidspark.report.Figures.percent;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.pyramidspark.metrics.ExampleRow;
import org.pyramidspark.metrics.ExampleRow.NamedText;
import org.pyramidspark.metrics.ShadedPrompt.Run;
import org.pyramidspark.report.html.Fold;
import org.pyramidspark.report.html.HeatStrip;
import org.pyramidspark.report.html.ShadedText;
import org.pyramidspark.report.html.Shades;
import org.pyramidspark.report.html.TextColumns;

/**
 * A sampled row as the blocks of its part of the page.
 *
 * @param id unique on the page
 * @param row the row
 */
public record ExamplePage(String id, ExampleRow row) {

  /** The whole row: its prompt, then its texts side by side. */
  public Fold fold(boolean open) {
    TextColumns texts =
        new TextColumns(
            row.texts().stream()
                .map(text -> new TextColumns.Column(heading(text), "", text.text()))
                .toList());
    return new Fold(row.id(), summary(), Optional.empty(), open, List.of(strip(), prompt(), texts));
  }

  private String summary() {
    return "%s prompt tokens, %s kept; %s new tokens, ended by %s"
        .formatted(
            count(row.promptTokens()),
            percent(row.keptKvFraction()),
            count(row.generatedTokens()),
            row.finishReason());
  }

  /** What stands above a text. */
  private static String heading(NamedText text) {
    return text.name().substring(0, 1).toUpperCase(Locale.ROOT) + text.name().substring(1);
  }

  public HeatStrip strip() {
    List<Double> kept = row.prompt().keptAlong();
    return new HeatStrip(
        id + "-strip",
        "What the cache kept along the prompt",
        "Share of the layers that kept a token, for %d equal parts of the prompt: from %s to %s, in the mean %s."
            .formatted(
                kept.size(),
                percent(kept.stream().mapToDouble(Double::doubleValue).min().orElse(0)),
                percent(kept.stream().mapToDouble(Double::doubleValue).max().orElse(0)),
                percent(row.keptKvFraction())),
        kept);
  }

  /** The prompt's text, shaded by the layers that kept it. */
  public ShadedText prompt() {
    int leftOut = row.prompt().tokensLeftOut();
    return new ShadedText(
        "Prompt",
        shaded(row.prompt().beginning()),
        leftOut == 0 ? "" : count(leftOut) + " tokens are not shown.",
        shaded(row.prompt().end()));
  }

  private List<ShadedText.Piece> shaded(List<Run> runs) {
    return runs.stream()
        .map(
            run ->
                new ShadedText.Piece(
                    run.text(),
                    Shades.of(run.layers() / row.layers()),
                    layers(run.layers()) + " of " + row.layers()))
        .toList();
  }

  private static String layers(double number) {
    return Figures.format(number == Math.rint(number) ? "%.0f" : "%.1f", number);
  }
}
