package org.pyramidspark.metrics;

import java.io.Serializable;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.pyramidspark.prompts.RowError;

/**
 * The few rows of a run that its report shows: some error rows of each kind, and a sample of the
 * completed ones. Which they are does not depend on the order in which they are added, nor on the
 * tasks that do it, but where a corpus repeats its ids. Not thread-safe.
 */
public final class ShownRows implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The most error rows of one kind. */
  public static final int ERRORS_OF_A_KIND = 10;

  private final EnumMap<RowError.Kind, TreeSet<ErrorRow>> errors =
      new EnumMap<>(RowError.Kind.class);
  private final DrawnRows<ExampleRow> examples;

  public ShownRows(RowSample sample) {
    this.examples = new DrawnRows<>(sample);
  }

  /**
   * Whether a completed row of this rank would be shown, as far as is known.
   *
   * @param rank of the row, as {@link RowSample} has it
   */
  public boolean wants(double rank) {
    return examples.wants(rank);
  }

  /** Adds a completed row, unless others come before it. */
  public void add(double rank, ExampleRow row) {
    examples.add(rank, row);
  }

  /** Adds an error row, unless others of its kind come before it. */
  public void add(ErrorRow row) {
    TreeSet<ErrorRow> ofKind = errors.computeIfAbsent(row.kind(), kind -> new TreeSet<>());
    ofKind.add(row);
    if (ofKind.size() > ERRORS_OF_A_KIND) {
      ofKind.pollLast();
    }
  }

  /** Error rows by kind, then by id. */
  public List<ErrorRow> errors() {
    return errors.values().stream().flatMap(Collection::stream).toList();
  }

  /** Completed rows with their ranks. */
  public Map<Double, ExampleRow> ranked() {
    return examples.ranked();
  }

  /** Completed rows, by rank. */
  public List<ExampleRow> examples() {
    return examples.rows();
  }

  /** What Spark's own pages show. */
  @Override
  public String toString() {
    return "%d error rows, %d examples".formatted(errors().size(), examples.rows().size());
  }
}
