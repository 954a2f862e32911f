package org.pyramidspark.commit;

import java.io.Serializable;
import java.time.Instant;
import java.util.Comparator;

/**
 * One go at a run: a run that was stopped and resumed has several.
 *
 * @param id tells it from all others
 * @param started when
 * @param generating when its tasks could start
 */
public record Session(String id, Instant started, Instant generating)
    implements Serializable, Comparable<Session> {
  private static final Comparator<Session> ORDER =
      Comparator.comparing(Session::started).thenComparing(Session::id);

  /** The earlier first. */
  @Override
  public int compareTo(Session other) {
    return ORDER.compare(this, other);
  }
}
