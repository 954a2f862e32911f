package org.pyramidspark.comparison;

import java.io.Serializable;
import java.util.Comparator;
import org.pyramidspark.prompts.RowError;

/** A row that could not be compared, by id and error. */
record FailedRow(String id, RowError error) implements Serializable, Comparable<FailedRow> {
  private static final Comparator<FailedRow> ORDER =
      Comparator.comparing(FailedRow::id).thenComparing(row -> row.error().message());

  @Override
  public int compareTo(FailedRow other) {
    return ORDER.compare(this, other);
  }
}
