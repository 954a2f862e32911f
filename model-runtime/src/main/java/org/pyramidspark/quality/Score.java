package org.pyramidspark.quality;

/**
 * How much of a prediction and of a reference agree; all three parts lie between 0 and 1.
 *
 * @param precision share of the prediction that the reference has too
 * @param recall share of the reference that the prediction has too
 * @param f1 harmonic mean of the two; 0 where both are 0
 */
public record Score(double precision, double recall, double f1) {

  static final Score ZERO = new Score(0, 0, 0);

  /**
   * The score of {@code hits} common units; 0 throughout where one side has none.
   *
   * @param hits units that both sides have, at most the smaller side
   * @param predicted units of the prediction
   * @param expected units of the reference
   */
  static Score of(int hits, int predicted, int expected) {
    if (hits == 0) {
      return ZERO;
    }
    double precision = (double) hits / predicted;
    double recall = (double) hits / expected;
    return new Score(precision, recall, 2 * precision * recall / (precision + recall));
  }
}
