package org.pyramidspark.report.html;

/** Coordinates of drawings: a tenth of a unit is as much as anybody sees. */
final class Pixels {
  private Pixels() {}

  static double of(double coordinate) {
    return Math.round(10 * coordinate) / 10.0;
  }
}
