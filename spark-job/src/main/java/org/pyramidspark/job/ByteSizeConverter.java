package org.pyramidspark.job;

import org.apache.spark.network.util.JavaUtils;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads sizes as Spark does: {@code 512m}, {@code 2g}, or bytes. */
public final class ByteSizeConverter implements ITypeConverter<Long> {

  @Override
  public Long convert(String text) {
    try {
      long bytes = JavaUtils.byteStringAsBytes(text);
      if (bytes < 1) {
        throw new TypeConversionException("'%s'; give 1 byte or more.".formatted(text));
      }
      return bytes;
    } catch (NumberFormatException | ArithmeticException wrong) {
      throw new TypeConversionException(
          "'%s'; give a whole number of bytes, or one with k, m or g, such as 512m."
              .formatted(text));
    }
  }
}
