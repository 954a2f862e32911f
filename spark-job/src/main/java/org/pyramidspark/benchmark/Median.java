package org.pyramidspark.benchmark;

import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The one of repeated runs that counts. */
public final class Median {
  private Median() {}

  /** The run in the middle by time; of an even number, the slower of two. */
  public static <T> T of(List<T> runs, ToDoubleFunction<T> seconds) {
    return runs.stream()
        .sorted(Comparator.comparingDouble(seconds))
        .skip(runs.size() / 2)
        .findFirst()
        .orElseThrow();
  }
}
