package org.pyramidspark.djl;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** Values of an enum by the names that users write. */
final class Label {
  /** Stands for what is best here. */
  static final String AUTO = "auto";

  private Label() {}

  /** The labels of all values, after {@link #AUTO}. */
  static <T> List<String> withAuto(T[] values, Function<T, String> label) {
    return Stream.concat(Stream.of(AUTO), Arrays.stream(values).map(label)).toList();
  }

  /** The value that has a label; it is known that one has. */
  static <T> T of(T[] values, Function<T, String> label, String text) {
    return Arrays.stream(values)
        .filter(value -> label.apply(value).equals(text))
        .findFirst()
        .orElseThrow();
  }
}
