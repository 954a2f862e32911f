package org.pyramidspark.report;

import static org.pyramidspark.report.Figures.count;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.pyramidspark.report.GuardReport.Decision;
import org.pyramidspark.report.GuardReport.Level;
import org.pyramidspark.report.GuardReport.Loss;
import org.pyramidspark.report.html.Table;
import org.pyramidspark.report.html.Table.Column;

/**
 * What the guards did as the blocks of a page.
 *
 * @param guard the figures
 */
public record GuardPage(GuardReport guard) {

  /** What came of it and what it took. */
  public String summary() {
    return Figures.format(
        "%s Trials took %.1f s of the engines' time, %s.",
        guard.verdict(), guard.trialSeconds(), Figures.percent(guard.trialShare()));
  }

  public Table levels() {
    return new Table(
        "Settings and what they cost",
        List.of(
            Column.text("Level"),
            Column.text("Settings"),
            Column.number("Rows"),
            Column.number("Tried"),
            Column.number("Not to be tried"),
            Column.number("Loss, nats"),
            Column.number("95 % interval")),
        guard.levels().stream()
            .map(
                level ->
                    List.of(
                        count(level.level()),
                        settings(level),
                        count(level.rows()),
                        count(level.loss().rows()),
                        count(level.failedTrials()),
                        mean(level.loss()),
                        interval(level.loss())))
            .toList());
  }

  public Table decisions() {
    return new Table(
        "Decisions",
        List.of(
            Column.text("Engine"),
            Column.number("After rows"),
            Column.text("Time"),
            Column.text("Last row tried"),
            Column.number("Tried"),
            Column.number("Loss, nats"),
            Column.number("95 % interval"),
            Column.text("Level"),
            Column.text("Change")),
        guard.decisions().stream().map(this::decision).toList());
  }

  private List<String> decision(Decision decision) {
    return List.of(
        decision.engine(),
        count(decision.afterRows()),
        decision.time(),
        decision.row(),
        count(decision.loss().rows()),
        mean(decision.loss()),
        interval(decision.loss()),
        "%d to %d".formatted(decision.fromLevel(), decision.toLevel()),
        change(guard.levels().get(decision.fromLevel()), guard.levels().get(decision.toLevel())));
  }

  /** The settings that differ. */
  private static String change(Level from, Level to) {
    return from.policy().equals(to.policy())
        ? to.settings().entrySet().stream()
            .filter(setting -> !setting.getValue().equals(from.settings().get(setting.getKey())))
            .map(setting -> change(setting, from.settings().get(setting.getKey())))
            .collect(Collectors.joining(", "))
        : from.policy() + " to " + to.policy();
  }

  private static String change(Map.Entry<String, Object> setting, Object before) {
    return "%s %s to %s".formatted(setting.getKey(), before, setting.getValue());
  }

  private static String settings(Level level) {
    return level.settings().entrySet().stream()
        .map(setting -> setting.getKey() + " " + setting.getValue())
        .collect(
            Collectors.joining(
                ", ", level.policy() + (level.settings().isEmpty() ? "" : ": "), ""));
  }

  private static String mean(Loss loss) {
    return loss.mean() == null ? "" : Figures.format("%.3f", loss.mean());
  }

  private static String interval(Loss loss) {
    return loss.low() == null ? "" : Figures.format("%.3f to %.3f", loss.low(), loss.high());
  }

  /** The same in Markdown. */
  public String toMarkdown() {
    return String.join(
        "\n",
        "## Guard\n",
        summary() + "\n",
        MarkdownTable.of(levels()),
        guard.decisions().isEmpty() ? "" : MarkdownTable.of(decisions()));
  }
}
