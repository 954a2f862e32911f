package org.pyramidspark.report.html;

import java.util.List;
import java.util.stream.IntStream;

/** Steps from nothing to everything, as the page colours them. */
public final class Shades {
  private static final int STEPS = 8;

  private Shades() {}

  /** 8 for a share of 1 and only for that, else the eighth that it lies in, from 0. */
  public static int of(double share) {
    return Math.clamp((int) (STEPS * share), 0, STEPS);
  }

  /** All of them, for a legend. */
  public static List<Integer> all() {
    return IntStream.rangeClosed(0, STEPS).boxed().toList();
  }
}
