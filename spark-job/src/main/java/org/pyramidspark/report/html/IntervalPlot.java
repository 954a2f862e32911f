package org.pyramidspark.report.html;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.pyramidspark.report.html.ScatterPlot.Estimate;

/**
 * Values with their intervals, a line below the other, in groups.
 *
 * @param id unique on the page
 * @param title what is shown
 * @param axis of the values
 * @param series names of the values of a line, in their order
 * @param groups from top to bottom, at least one
 */
public record IntervalPlot(
    String id, String title, Axis axis, List<String> series, List<Group> groups) implements Block {
  public static final int WIDTH = 980;
  public static final int LEFT = 110;
  public static final int RIGHT = 24;
  public static final int BOTTOM = 48;

  private static final int HEADING = 30;
  private static final int LINE = 22;
  private static final double APART = 9;
  private static final int MOST_LETTERS = 120;
  private static final int MOST_LINE_LETTERS = 14;

  /**
   * @param label stands above its lines
   * @param lines from top to bottom
   */
  public record Group(String label, List<Line> lines) {}

  /**
   * @param label stands left of the values; cut where it is long
   * @param values one for each series
   */
  public record Line(String label, List<Value> values) {}

  /**
   * @param estimate the value with its interval
   * @param text the same as people read it
   */
  public record Value(Estimate estimate, String text) {}

  /** A value as drawn. */
  public record Mark(double x, double y, double left, double right, int series, String tip) {}

  /** A text as drawn: the heading of a group, or a line's label. */
  public record Label(double y, String text, boolean heading) {}

  /** A line from top to bottom at a tick. */
  public record Tick(double x, String text, boolean zero) {}

  public IntervalPlot {
    series = List.copyOf(series);
    groups = List.copyOf(groups);
  }

  public int height() {
    return groups.size() * HEADING + numLines() * LINE + BOTTOM;
  }

  private int numLines() {
    return groups.stream().mapToInt(group -> group.lines().size()).sum();
  }

  public List<Mark> marks() {
    List<Mark> marks = new ArrayList<>();
    int top = 0;
    for (Group group : groups) {
      top += HEADING;
      for (Line line : group.lines()) {
        marks.addAll(marks(line, group.label() + ", " + line.label(), top + LINE / 2.0));
        top += LINE;
      }
    }
    return marks;
  }

  private List<Mark> marks(Line line, String name, double middle) {
    double first = middle - APART * (line.values().size() - 1) / 2;
    return IntStream.range(0, line.values().size())
        .mapToObj(i -> mark(line.values().get(i), name, first + i * APART, i))
        .toList();
  }

  private Mark mark(Value value, String name, double y, int index) {
    Estimate estimate = value.estimate();
    return new Mark(
        x(estimate.value()),
        Pixels.of(y),
        x(estimate.low()),
        x(estimate.high()),
        index,
        name + ", " + series.get(index) + ": " + value.text());
  }

  public List<Label> labels() {
    List<Label> labels = new ArrayList<>();
    int top = 0;
    for (Group group : groups) {
      labels.add(new Label(top + HEADING - 9, cut(group.label(), MOST_LETTERS), true));
      top += HEADING;
      for (Line line : group.lines()) {
        labels.add(new Label(top + LINE / 2.0 + 4, cut(line.label(), MOST_LINE_LETTERS), false));
        top += LINE;
      }
    }
    return labels;
  }

  private static String cut(String text, int most) {
    return text.codePointCount(0, text.length()) <= most
        ? text
        : text.substring(0, text.offsetByCodePoints(0, most - 1)) + "…";
  }

  public List<Tick> ticks() {
    return axis.ticks().stream()
        .map(tick -> new Tick(x(tick.value()), tick.text(), tick.value() == 0))
        .toList();
  }

  private double x(double value) {
    return Pixels.of(LEFT + axis.at(value) * (WIDTH - LEFT - RIGHT));
  }

  /** The same in words. */
  public String description() {
    return groups.stream()
        .flatMap(group -> group.lines().stream().flatMap(line -> words(group, line)))
        .collect(Collectors.joining("; ", axis.label() + ". ", "."));
  }

  private Stream<String> words(Group group, Line line) {
    return IntStream.range(0, line.values().size())
        .mapToObj(
            i ->
                "%s, %s, %s: %s"
                    .formatted(
                        group.label(), line.label(), series.get(i), line.values().get(i).text()));
  }
}
