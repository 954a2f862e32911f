package org.pyramidspark.report.html;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Parts of a whole as one bar. Its legend is a table with the same parts in the same order.
 *
 * @param id unique on the page
 * @param title what the whole is
 * @param parts in the order in which they are drawn
 */
public record StackedBar(String id, String title, List<Part> parts) {
  public static final int WIDTH = 1000;
  public static final int HEIGHT = 40;

  /** Parts too small to be seen are not drawn. */
  private static final double LEAST_WIDTH = 0.5;

  /**
   * @param label names it
   * @param value at least 0, in the same unit for all parts
   * @param text the value as people read it
   */
  public record Part(String label, double value, String text) {}

  /** A part as drawn; {@code series} is its colour. */
  public record Segment(double x, double width, int series, String tip) {}

  public StackedBar {
    parts = List.copyOf(parts);
  }

  public List<Segment> segments() {
    double total = total();
    List<Segment> segments = new ArrayList<>();
    double before = 0;
    for (int series = 0; series < parts.size(); series++) {
      Part part = parts.get(series);
      double width = total == 0 ? 0 : WIDTH * part.value() / total;
      if (width >= LEAST_WIDTH) {
        segments.add(
            new Segment(
                Pixels.of(before), Pixels.of(width), series, part.label() + ": " + part.text()));
      }
      before += width;
    }
    return segments;
  }

  private double total() {
    return parts.stream().mapToDouble(Part::value).sum();
  }

  /** The same in words. */
  public String description() {
    return parts.stream()
        .map(part -> part.label() + ": " + part.text())
        .collect(Collectors.joining("; "));
  }
}
