package org.pyramidspark.cache;

/**
 * What one layer does with one prompt, known before anything is computed. Rows are counted in the
 * order of their original positions: first the context S_c, then the recent rows S_r.
 *
 * @param rows n_l: rows of the prompt that enter the layer
 * @param observedRows R: last rows, whose attention scores the context; 0 if nothing is scored. The
 *     rows that are not observed are the context
 * @param distanceWeight weight of the last observed row's attention, the first has 1
 * @param sinkTokens first context rows that are kept whatever their score
 * @param contextOn context rows that go on to the next layer: the PvC
 * @param contextCached context entries that stay in this layer's cache after the prefill
 */
public record LayerPlan(
    int rows,
    int observedRows,
    double distanceWeight,
    int sinkTokens,
    int contextOn,
    int contextCached) {

  /** A layer that hands all its rows on and keeps all its entries. */
  static LayerPlan whole(int rows) {
    return new LayerPlan(rows, 0, 1, 0, rows, rows);
  }

  /** c_l: rows that are scored and may be dropped. */
  public int context() {
    return rows - observedRows;
  }

  /** Whether the layer must score its context. */
  public boolean selects() {
    return contextOn < context() || contextCached < context();
  }

  /** Rows that enter the next layer. */
  public int rowsOn() {
    return contextOn + observedRows;
  }

  /** Entries in this layer's cache after the prefill. */
  public int cachedEntries() {
    return contextCached + observedRows;
  }

  /** Weight of observed row i of {@code observedRows}, linspace(1, distanceWeight, R). */
  public float weight(int observedRow) {
    return linspace(distanceWeight, observedRow, observedRows);
  }

  /** Point i of {@code points} evenly spaced from 1 to {@code last}; 1 where there is just one. */
  static float linspace(double last, int i, int points) {
    return points == 1 ? 1f : (float) (1 + (last - 1) * i / (points - 1));
  }
}
