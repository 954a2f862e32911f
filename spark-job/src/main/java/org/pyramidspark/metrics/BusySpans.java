package org.pyramidspark.metrics;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** When the tasks of one executor ran, which may be at the same time. Not thread-safe. */
public final class BusySpans {
  private final List<Span> spans = new ArrayList<>();

  private record Span(Instant from, Instant to) {}

  /** Adds a task; one that ends before it begins, since a clock was set, took no time. */
  public void add(Instant from, Instant to) {
    spans.add(new Span(from, to.isBefore(from) ? from : to));
  }

  public int count() {
    return spans.size();
  }

  /**
   * From the first task's begin on.
   *
   * @param end of the stage
   */
  public Duration whole(Instant end) {
    return spans.stream()
        .map(Span::from)
        .min(Comparator.naturalOrder())
        .map(first -> notNegative(Duration.between(first, end)))
        .orElse(Duration.ZERO);
  }

  /**
   * Of {@link #whole}, when no task ran.
   *
   * @param end of the stage
   */
  public Duration idle(Instant end) {
    Duration busy = Duration.ZERO;
    Instant covered = Instant.MIN;
    for (Span span : spans.stream().sorted(Comparator.comparing(Span::from)).toList()) {
      if (span.to().isAfter(covered)) {
        Instant from = span.from().isAfter(covered) ? span.from() : covered;
        busy = busy.plus(Duration.between(from, span.to()));
        covered = span.to();
      }
    }
    return notNegative(whole(end).minus(busy));
  }

  private static Duration notNegative(Duration time) {
    return time.isNegative() ? Duration.ZERO : time;
  }
}
