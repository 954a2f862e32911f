package org.pyramidspark.report.html;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Values side by side as upright bars.
 *
 * @param id unique on the page
 * @param title what is shown
 * @param axis of the values; begins at 0
 * @param barsLabel what the bars are, written below them
 * @param bars from left to right, at least one
 */
public record BarChart(String id, String title, Axis axis, String barsLabel, List<Bar> bars) {
  public static final int WIDTH = 980;
  public static final int HEIGHT = 270;
  public static final int LEFT = 56;
  public static final int RIGHT = 8;
  public static final int TOP = 12;
  public static final int BOTTOM = 44;

  private static final int MOST_LABELS = 30;
  private static final double GAP = 0.18;

  /**
   * @param label names it, below the bar where there is room
   * @param value on the axis
   * @param text the value as people read it
   */
  public record Bar(String label, double value, String text) {}

  /** A bar as drawn; {@code label} is empty where there is no room for it. */
  public record Column(
      double x, double y, double width, double height, double middle, String label, String tip) {}

  /** A line across, at a tick of the axis. */
  public record Line(double y, String text) {}

  public BarChart {
    bars = List.copyOf(bars);
  }

  public List<Column> columns() {
    double step = (WIDTH - LEFT - RIGHT) / (double) bars.size();
    int every = (bars.size() + MOST_LABELS - 1) / MOST_LABELS;
    return IntStream.range(0, bars.size())
        .mapToObj(i -> column(bars.get(i), LEFT + i * step, step, i % every == 0))
        .toList();
  }

  private Column column(Bar bar, double left, double step, boolean labelled) {
    double top = y(bar.value());
    return new Column(
        Pixels.of(left + step * GAP / 2),
        Pixels.of(top),
        Pixels.of(step * (1 - GAP)),
        Pixels.of(HEIGHT - BOTTOM - top),
        Pixels.of(left + step / 2),
        labelled ? bar.label() : "",
        barsLabel + " " + bar.label() + ": " + bar.text());
  }

  public List<Line> lines() {
    return axis.ticks().stream()
        .map(tick -> new Line(Pixels.of(y(tick.value())), tick.text()))
        .toList();
  }

  private double y(double value) {
    return HEIGHT - BOTTOM - axis.at(value) * (HEIGHT - BOTTOM - TOP);
  }

  /** The same in words. */
  public String description() {
    return bars.stream()
        .map(bar -> bar.label() + ": " + bar.text())
        .collect(Collectors.joining("; ", axis.label() + " by " + barsLabel + ". ", ""));
  }
}
