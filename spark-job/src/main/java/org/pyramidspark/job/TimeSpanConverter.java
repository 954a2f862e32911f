package org.pyramidspark.job;

import java.util.concurrent.TimeUnit;
import org.apache.spark.network.util.JavaUtils;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads times as Spark does: {@code 90s}, {@code 10m}, {@code 1h}; in nanoseconds. */
public final class TimeSpanConverter implements ITypeConverter<Long> {

  @Override
  public Long convert(String text) {
    try {
      long millis = JavaUtils.timeStringAs(text, TimeUnit.MILLISECONDS);
      if (millis < 1) {
        throw new TypeConversionException("'%s'; give 1ms or more.".formatted(text));
      }
      return TimeUnit.MILLISECONDS.toNanos(millis);
    } catch (NumberFormatException wrong) {
      throw new TypeConversionException(
          "'%s'; give a whole number with ms, s, m or h, such as 10m.".formatted(text));
    }
  }
}
