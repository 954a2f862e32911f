package org.pyramidspark.report.html;

import java.math.BigDecimal;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * One axis of a chart.
 *
 * @param label what it measures, with the unit
 * @param from value at its beginning
 * @param to value at its end
 * @param ticks values with a text, ascending
 * @param scale how far values are apart
 */
public record Axis(String label, double from, double to, List<Tick> ticks, Scale scale) {

  /** How far values are apart. */
  public enum Scale {
    /** By their difference. */
    LINEAR,
    /** By their ratio; what is below the beginning stands there. */
    LOGARITHMIC
  }

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
    return new Axis(label, 0, 1, ticks, Scale.LINEAR);
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
            .map(value -> Math.abs(value) < 1e-9 * step ? 0 : value)
            .mapToObj(value -> new Tick(value, text.apply(value)))
            .toList();
    return new Axis(label, from, from + steps * step, ticks, Scale.LINEAR);
  }

  /**
   * A logarithmic axis that begins at a power of ten, with ticks at 1, 2 and 5 times such powers; 0
   * and what else is below its beginning stand there.
   *
   * @param low the smallest value that is to be told from less; over 0
   * @param high the largest value
   * @param text writes a tick
   */
  public static Axis logarithmic(
      String label, double low, double high, DoubleFunction<String> text) {
    int first = (int) Math.floor(Math.log10(low) + 1e-9);
    double from = BigDecimal.ONE.scaleByPowerOfTen(first).doubleValue();
    double to = roundStep(Math.max(high, 10 * from));
    List<Tick> ticks =
        IntStream.rangeClosed(first, (int) Math.floor(Math.log10(to) + 1e-9))
            .mapToObj(BigDecimal.ONE::scaleByPowerOfTen)
            .flatMap(
                power -> LongStream.of(1, 2, 5).mapToObj(BigDecimal::valueOf).map(power::multiply))
            .mapToDouble(BigDecimal::doubleValue)
            .filter(value -> value <= to * (1 + 1e-9))
            .mapToObj(value -> new Tick(value, (value == from ? "≤ " : "") + text.apply(value)))
            .toList();
    return new Axis(label, from, to, ticks, Scale.LOGARITHMIC);
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
    return switch (scale) {
      case LINEAR -> (value - from) / (to - from);
      case LOGARITHMIC -> Math.max(0, Math.log(value / from) / Math.log(to / from));
    };
  }
}
