package org.pyramidspark.cache;

/**
 * What one layer does with one prompt, known before anything is computed. Rows are counted in the
 * order of their original positions. The first and the last ones always stay; between them are
 * those that may be dropped.
 *
 * @param rows n_l: rows of the prompt that enter the layer
 * @param observation how they are scored
 * @param first rows at the beginning that stay: sinks, or what comes before the document
 * @param last rows at the end that stay: the recent rows S_r, or what comes after the document; the
 *     rows before them are the context S_c
 * @param rowsOn rows that go on to the next layer: the PvC and the last ones
 * @param cached entries that stay in this layer's cache after the prefill
 * @param perKvHead whether each KV head's cache keeps the rows that this head scores best, rather
 *     than all the same
 */
public record LayerPlan(
    int rows,
    Observation observation,
    int first,
    int last,
    int rowsOn,
    int cached,
    boolean perKvHead) {

  public LayerPlan {
    boolean possible = 0 <= last && last <= rowsOn && last <= cached && rowsOn <= rows;
    if (!possible || cached > rows || observation.rows() > rows) {
      throw new IllegalArgumentException(
          "Of %d rows %d go on, %d are cached and %d observe; the last %d stay."
              .formatted(rows, rowsOn, cached, observation.rows(), last));
    }
    if (rowsOn < rows && observation.rows() > last) {
      throw new IllegalArgumentException(
          "Rows that observe must go on: %d do, %d stay.".formatted(observation.rows(), last));
    }
  }

  /** A layer that hands all its rows on and keeps all its entries. */
  static LayerPlan whole(int rows) {
    return new LayerPlan(rows, Observation.NONE, 0, 0, rows, rows, false);
  }

  /** A layer that computes all its rows and keeps the first and the last of its entries. */
  static LayerPlan ends(int rows, int first, int last) {
    return new LayerPlan(rows, Observation.NONE, first, last, rows, first + last, false);
  }

  /** c_l: rows of which some may be dropped. */
  public int context() {
    return rows - last;
  }

  /** Context rows that go on to the next layer. */
  public int contextOn() {
    return rowsOn - last;
  }

  /** Context entries that stay in this layer's cache. */
  public int contextCached() {
    return cached - last;
  }

  /** Whether rows end in this layer. */
  public boolean dropsRows() {
    return rowsOn < rows;
  }

  /** Whether entries leave this layer's cache after it. */
  public boolean dropsEntries() {
    return cached < rows;
  }
}
