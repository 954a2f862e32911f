package org.pyramidspark.report.html;

import java.awt.geom.Rectangle2D;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Alternatives by two measures, each with its interval, and the Pareto front: those that no other
 * beats.
 *
 * @param id unique on the page
 * @param title what is shown
 * @param x the measure from left to right
 * @param y the measure from bottom to top
 * @param points the alternatives, at least one
 */
public record ScatterPlot(String id, String title, Measure x, Measure y, List<Point> points)
    implements Block {
  public static final int WIDTH = 980;
  public static final int HEIGHT = 480;
  public static final int LEFT = 70;
  public static final int RIGHT = 24;
  public static final int TOP = 28;
  public static final int BOTTOM = 52;

  /** Which values are good. */
  public enum Better {
    LOWER,
    HIGHER
  }

  /** A measure and the direction in which it is good. */
  public record Measure(Axis axis, Better better) {
    private double cost(Estimate estimate) {
      return better == Better.LOWER ? estimate.value() : -estimate.value();
    }
  }

  /**
   * A value with its interval.
   *
   * @param low at most {@code value}
   * @param high at least {@code value}
   */
  public record Estimate(double value, double low, double high) {
    /** A value that is not estimated. */
    public static Estimate exact(double value) {
      return new Estimate(value, value, value);
    }
  }

  /**
   * @param label stands beside it where no other point beats it and there is room
   * @param series those with the same have the same colour
   * @param text both values as people read them
   */
  public record Point(String label, String series, Estimate x, Estimate y, String text) {}

  /** A point as drawn: its middle and the ends of its intervals. */
  public record Mark(
      double x,
      double y,
      double left,
      double right,
      double top,
      double bottom,
      int series,
      boolean onFront,
      String tip) {}

  /** A text as drawn; it ends at {@code x} if it is {@code leftOfPoint}, else begins there. */
  public record Label(double x, double y, boolean leftOfPoint, String text) {}

  /** A line across the plot at a tick. */
  public record Line(double at, String text) {}

  public ScatterPlot {
    points = List.copyOf(points);
  }

  /** Points on the front last: they lie above the others. */
  public List<Mark> marks() {
    List<Point> front = front();
    List<String> series = series();
    return points.stream()
        .map(point -> mark(point, series.indexOf(point.series()), front.contains(point)))
        .sorted(Comparator.comparing(Mark::onFront))
        .toList();
  }

  private Mark mark(Point point, int series, boolean onFront) {
    return new Mark(
        x(point.x().value()),
        y(point.y().value()),
        x(point.x().low()),
        x(point.x().high()),
        y(point.y().high()),
        y(point.y().low()),
        series,
        onFront,
        point.label() + ": " + point.text());
  }

  /** Labels of the front. */
  public List<Label> labels() {
    LabelPlaces places =
        new LabelPlaces(new Rectangle2D.Double(LEFT, 0, WIDTH - LEFT, HEIGHT - BOTTOM));
    points.forEach(point -> places.keepFree(x(point.x().value()), y(point.y().value())));
    return front().stream().flatMap(point -> label(point, places).stream()).toList();
  }

  private Optional<Label> label(Point point, LabelPlaces places) {
    return places
        .place(x(point.x().value()), y(point.y().value()), point.label().length())
        .map(
            place ->
                new Label(
                    Pixels.of(place.x()),
                    Pixels.of(place.y()),
                    place.leftOfPoint(),
                    point.label()));
  }

  /** Names of the series, in the order of their colours. */
  public List<String> series() {
    return points.stream().map(Point::series).distinct().toList();
  }

  /** Points that no other beats, by x's cost ascending. */
  public List<Point> front() {
    return new ParetoFront<Point>(point -> x.cost(point.x()), point -> y.cost(point.y()))
        .of(points);
  }

  /** The front as the points of an SVG polyline. */
  public String frontLine() {
    return front().stream()
        .map(point -> x(point.x().value()) + "," + y(point.y().value()))
        .collect(Collectors.joining(" "));
  }

  public List<Line> columns() {
    return x.axis().ticks().stream().map(tick -> new Line(x(tick.value()), tick.text())).toList();
  }

  public List<Line> rows() {
    return y.axis().ticks().stream().map(tick -> new Line(y(tick.value()), tick.text())).toList();
  }

  private double x(double value) {
    return Pixels.of(LEFT + x.axis().at(value) * (WIDTH - LEFT - RIGHT));
  }

  private double y(double value) {
    return Pixels.of(HEIGHT - BOTTOM - y.axis().at(value) * (HEIGHT - BOTTOM - TOP));
  }

  /** The same in words. */
  public String description() {
    return points.stream()
        .map(point -> point.label() + ": " + point.text())
        .collect(
            Collectors.joining(
                "; ",
                y.axis().label() + " over " + x.axis().label() + ". ",
                front().stream()
                    .map(Point::label)
                    .collect(Collectors.joining(", ", ". Not beaten by any other: ", "."))));
  }
}
