package org.pyramidspark.report.html;

import java.util.List;
import java.util.function.DoubleFunction;
import java.util.stream.IntStream;

/**
 * One axis of a chart.
 *
 * @param label what it measures, with the unit
 * @param from value at its beginning
 * @param to value at its end
 * @param ticks values with a text, ascending
 */
public record Axis(String label, double from, double to, List<Tick> ticks) {

  /** A value that the axis names. */
  public record Tick(double value, String text) {}

  public Axis {
    ticks = List.copyOf(ticks);
    if (!(from < to)) {
      throw new IllegalArgumentException("The axis goes from " + from + " to " + to);
    }
  }

  /** From 0 to 100 %; values are between 0 and 1. */
  public static Axis percent(String label) {
    List<Tick> ticks =
        IntStream.rangeClosed(0, 4).mapToObj(i -> new Tick(i / 4.0, 25 * i + " %")).toList();
    return new Axis(label, 0, 1, ticks);
  }

  /**
   * An axis that holds all of some values, with three to eight ticks at round numbers.
   *
   * @param low the smallest value
   * @param high the largest value
   * @param text writes a tick
   */
  public static Axis holding(String label, double low, double high, DoubleFunction<String> text) {
    double span = high > low ? high - low : Math.max(1e-9, Math.abs(high));
    double step = roundStep(span / 5);
    double from = step * Math.floor(low / step);
    long steps = Math.max(1, (long) Math.ceil((high - from) / step - 1e-9));
    List<Tick> ticks =
        IntStream.rangeClosed(0, (int) steps)
            .mapToDouble(i -> from + i * step)
            .mapToObj(value -> new Tick(value, text.apply(value)))
            .toList();
    return new Axis(label, from, from + steps * step, ticks);
  }

  /** The next of 1, 2, 5 times a power of ten. */
  private static double roundStep(double atLeast) {
    double power = Math.pow(10, Math.floor(Math.log10(atLeast)));
    for (int factor : new int[] {1, 2, 5}) {
      if (factor * power >= atLeast * (1 - 1e-9)) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  /** Where on the axis a value lies: 0 at its beginning, 1 at its end. */
  public double at(double value) {
    return (value - from) / (to - from);
  }
}
