package org.pyramidspark.metrics;

import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The rows of a sample, as far as they are known: those that come first by rank. Which they are
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
   * Whether a row of this rank would be drawn, as far as is known.
   *
   * @param rank of the row, as {@link RowSample} has it
   */
  public boolean wants(double rank) {
    return sample.mayHold(rank) && (rows.size() < sample.size() || rank < rows.lastKey());
  }

  /** Adds a row, unless others come before it. */
  public void add(double rank, T row) {
    rows.putIfAbsent(rank, row);
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

  /** The rows with their ranks, by rank. */
  Map<Double, T> ranked() {
    return Collections.unmodifiableMap(rows);
  }

  /** The rows by rank. */
  public List<T> rows() {
    return List.copyOf(rows.values());
  }
}
