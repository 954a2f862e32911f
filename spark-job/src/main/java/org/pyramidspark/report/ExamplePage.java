package org.pyramidspark.report;

import static org.pyramidspark.report.Figures.count;
import static org.pyramidspark.report.Figures.percent;

import java.util.List;
import java.util.Locale;
import org.pyramidspark.metrics.ExampleRow;
import org.pyramidspark.metrics.ExampleRow.NamedText;
import org.pyramidspark.metrics.ShadedPrompt.Run;
import org.pyramidspark.report.html.HeatStrip;
import org.pyramidspark.report.html.Shades;

/**
 * A sampled row as the blocks of its part of the page.
 *
 * @param id unique on the page
 * @param row the row
 */
public record ExamplePage(String id, ExampleRow row) {

  /** A piece of the prompt: its text, its shade as {@link Shades#of}, and the shade in words. */
  public record ShadedText(String text, int shade, String tip) {}

  public String summary() {
    return "%s prompt tokens, %s kept; %s new tokens, ended by %s"
        .formatted(
            count(row.promptTokens()),
            percent(row.keptKvFraction()),
            count(row.generatedTokens()),
            row.finishReason());
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

  public List<ShadedText> beginning() {
    return shaded(row.prompt().beginning());
  }

  public List<ShadedText> end() {
    return shaded(row.prompt().end());
  }

  private List<ShadedText> shaded(List<Run> runs) {
    return runs.stream()
        .map(
            run ->
                new ShadedText(
                    run.text(),
                    Shades.of(run.layers() / row.layers()),
                    layers(run.layers()) + " of " + row.layers()))
        .toList();
  }

  private static String layers(double number) {
    return Figures.format(number == Math.rint(number) ? "%.0f" : "%.1f", number);
  }

  public String tokensLeftOut() {
    return count(row.prompt().tokensLeftOut());
  }

  public boolean isWhole() {
    return row.prompt().tokensLeftOut() == 0;
  }

  /** What stands above a text. */
  public String heading(NamedText text) {
    return text.name().substring(0, 1).toUpperCase(Locale.ROOT) + text.name().substring(1);
  }
}
