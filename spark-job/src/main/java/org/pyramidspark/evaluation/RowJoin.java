package org.pyramidspark.evaluation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import scala.Tuple2;

/**
 * Joins rows that come in the order of their keys. Holds the rows of one id at a time, and of these
 * one for each source, however many there are. Used by one thread.
 */
final class RowJoin implements Iterator<JoinedRow> {
  private final Iterator<Tuple2<RowKey, SourceRow>> rows;
  private final JoinRule rule;
  private final Deque<JoinedRow> ready = new ArrayDeque<>();
  private String id;
  private SameId sameId;

  RowJoin(Iterator<Tuple2<RowKey, SourceRow>> rows, JoinRule rule) {
    this.rows = rows;
    this.rule = rule;
    this.sameId = new SameId(rule);
  }

  @Override
  public boolean hasNext() {
    while (ready.isEmpty() && rows.hasNext()) {
      Tuple2<RowKey, SourceRow> row = rows.next();
      if (!row._1().id().equals(id)) {
        endId();
        id = row._1().id();
      }
      sameId.take(row._1(), row._2()).ifPresent(ready::add);
    }
    if (ready.isEmpty()) {
      endId();
    }
    return !ready.isEmpty();
  }

  private void endId() {
    sameId.joined().ifPresent(ready::add);
    sameId = new SameId(rule);
  }

  @Override
  public JoinedRow next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return ready.remove();
  }
}
