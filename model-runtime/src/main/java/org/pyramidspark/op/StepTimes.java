package org.pyramidspark.op;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Where an engine's time went, always on: one reading of the clock at each border between two parts
 * of a step, some thousand a second. Borders are marked by one thread at a time; times may be read
 * by any.
 */
public final class StepTimes {
  private final AtomicLongArray nanos = new AtomicLongArray(StepPart.values().length);
  private long last = System.nanoTime();

  /** All the time since the last mark was spent in {@code part}. */
  public void mark(StepPart part) {
    long now = System.nanoTime();
    nanos.addAndGet(part.ordinal(), now - last);
    last = now;
  }

  /** So much of the time marked as one part was another's. */
  void move(long part, StepPart from, StepPart to) {
    nanos.addAndGet(from.ordinal(), -part);
    nanos.addAndGet(to.ordinal(), part);
  }

  /** Nanoseconds by part, since the engine was opened. */
  public Map<StepPart, Long> toMap() {
    Map<StepPart, Long> times = new EnumMap<>(StepPart.class);
    for (StepPart part : StepPart.values()) {
      times.put(part, nanos.get(part.ordinal()));
    }
    return times;
  }
}
