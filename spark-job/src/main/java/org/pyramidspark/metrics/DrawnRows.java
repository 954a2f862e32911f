package org.pyramidspark.metrics;

import java.io.Serializable;
import java.util.List;
import java.util.TreeMap;

/**
 * The rows of a sample, as far as they are known: those with the smallest hashes. Which they are
 * does not depend on the order in which they are added, nor on the tasks that do it, but where a
 * corpus repeats its ids. Not thread-safe.
 *
 * @param <T> what is known of a row
 */
public final class DrawnRows<T extends Serializable> implements Serializable {
  private static final long serialVersionUID = 1L;

  private final RowSample sample;
  private final TreeMap<Double, T> rows = new TreeMap<>();

  public DrawnRows(RowSample sample) {
    this.sample = sample;
  }

  /**
   * Whether a row with this hash would be drawn, as far as is known.
   *
   * @param hash of the row: uniform, 0 to 1
   */
  public boolean wants(double hash) {
    return sample.mayHold(hash) && (rows.size() < sample.size() || hash < rows.lastKey());
  }

  /** Adds a row, unless others come before it. */
  public void add(double hash, T row) {
    rows.putIfAbsent(hash, row);
    if (rows.size() > sample.size()) {
      rows.pollLastEntry();
    }
  }

  /** Adds another task's. */
  public void add(DrawnRows<T> other) {
    other.rows.forEach(this::add);
  }

  public boolean isEmpty() {
    return rows.isEmpty();
  }

  /** The rows by hash. */
  public List<T> rows() {
    return List.copyOf(rows.values());
  }
}
