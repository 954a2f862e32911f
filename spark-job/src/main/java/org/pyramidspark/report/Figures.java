package org.pyramidspark.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as people read them: the same in every form of a report. */
public final class Figures {
  private static final double MEBIBYTE = 1 << 20;
  private static final MathContext SIX_DIGITS = new MathContext(6);

  private Figures() {}

  /** {@code 12,345}. */
  public static String count(long number) {
    return format("%,d", number);
  }

  /** {@code 12.3} or {@code 12,345}. */
  public static String number(double value) {
    return format(value < 100 ? "%,.1f" : "%,.0f", value);
  }

  /** {@code 0.05}, {@code 2} or {@code 1200}: a round number with the digits it has. */
  public static String plain(double value) {
    return new BigDecimal(value).round(SIX_DIGITS).stripTrailingZeros().toPlainString();
  }

  /** {@code 12.3 %} of a share between 0 and 1. */
  public static String percent(double share) {
    return format("%.1f %%", 100 * share);
  }

  /** {@code 12.3 MiB}. */
  public static String mebibytes(long bytes) {
    return format("%,.1f MiB", bytes / MEBIBYTE);
  }

  /** As {@link String#format}, the same on every machine. */
  public static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
