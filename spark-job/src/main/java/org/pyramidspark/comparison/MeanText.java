package org.pyramidspark.comparison;

import static org.pyramidspark.report.Figures.format;

import org.pyramidspark.comparison.ComparisonReport.Difference;
import org.pyramidspark.comparison.ComparisonReport.Mean;

/** Means as people read them, with their intervals, if there are some. */
final class MeanText {
  private MeanText() {}

  static String of(String format, Mean mean, double scale) {
    String value = format(format, scale * mean.mean());
    return mean.low() == null ? value : value + interval(format, mean.low(), mean.high(), scale);
  }

  static String of(String format, Difference difference, double scale) {
    String value = format(format, scale * difference.mean());
    return difference.low() == null
        ? value
        : value + interval(format, difference.low(), difference.high(), scale);
  }

  private static String interval(String format, double low, double high, double scale) {
    return " (%s to %s)".formatted(format(format, scale * low), format(format, scale * high));
  }
}
