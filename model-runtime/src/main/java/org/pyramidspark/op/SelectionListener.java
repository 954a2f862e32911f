package org.pyramidspark.op;

/**
 * Is told of every choice that a prefill makes: for traces and tests. Called by one thread at a
 * time.
 */
public interface SelectionListener {
  /** Ignores everything. */
  SelectionListener NONE = (layer, scores, kept) -> {};

  /**
   * @param layer l
   * @param scores score of each context row of the layer, up to a constant factor; not to be
   *     changed
   * @param kept indices of the rows chosen, ascending; not to be changed
   */
  void selected(int layer, float[] scores, int[] kept);
}
