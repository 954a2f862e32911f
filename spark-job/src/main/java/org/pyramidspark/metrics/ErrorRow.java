package org.pyramidspark.metrics;

import java.io.Serializable;
import java.util.Comparator;
import org.pyramidspark.prompts.RowError;

/**
 * A row that could not be completed.
 *
 * @param id the row's id
 * @param kind of its error
 * @param reason one sentence, with file and line
 */
public record ErrorRow(String id, RowError.Kind kind, String reason)
    implements Serializable, Comparable<ErrorRow> {
  private static final int MOST_CHARACTERS = 400;
  private static final Comparator<ErrorRow> ORDER =
      Comparator.comparing(ErrorRow::kind)
          .thenComparing(ErrorRow::id)
          .thenComparing(ErrorRow::reason);

  public ErrorRow {
    id = Excerpt.of(id, MOST_CHARACTERS);
    reason = Excerpt.of(reason, MOST_CHARACTERS);
  }

  /** By kind, then by id. */
  @Override
  public int compareTo(ErrorRow other) {
    return ORDER.compare(this, other);
  }
}
