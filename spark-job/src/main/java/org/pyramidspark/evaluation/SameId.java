package org.pyramidspark.evaluation;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** The first row of each source that has one id, and the row of the output that they give. */
final class SameId {
  private final JoinRule rule;
  private final Map<Source, RowKey> keys = new EnumMap<>(Source.class);
  private final Map<Source, SourceRow> rows = new EnumMap<>(Source.class);

  SameId(JoinRule rule) {
    this.rule = rule;
  }

  /**
   * Takes a row; gives a row of the output where it stands alone: its id cannot be read, or its
   * source has another one.
   */
  Optional<JoinedRow> take(RowKey key, SourceRow row) {
    if (row.status() == RowStatus.UNREADABLE && key.isPlace()) {
      return Optional.of(failed(key, row.task(), row.status(), row.problem()));
    }
    RowKey first = keys.putIfAbsent(key.source(), key);
    if (first != null) {
      return Optional.of(
          failed(
              key,
              row.task(),
              RowStatus.DUPLICATE,
              "%s: id %s is that of file %s, line %d, too."
                  .formatted(key.place(), key.id(), first.file(), first.line())));
    }
    rows.put(key.source(), row);
    return Optional.empty();
  }

  private static JoinedRow failed(RowKey key, String task, RowStatus status, String problem) {
    String name = task == null ? TaskNames.of(key) : task;
    return new JoinedRow(key.id(), name, task != null, status, problem, null, null, null);
  }

  /** The output's row of all; none if nothing was taken. */
  Optional<JoinedRow> joined() {
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    RowKey key = keys.values().iterator().next();
    String task =
        Stream.of(Source.RUN, Source.REFERENCES, Source.AGAINST)
            .map(rows::get)
            .filter(Objects::nonNull)
            .map(SourceRow::task)
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(null);
    Failure failure = failure();
    if (failure != null) {
      return Optional.of(failed(key, task, failure.status(), failure.problem()));
    }
    return Optional.of(
        new JoinedRow(
            key.id(),
            task == null ? TaskNames.of(key) : task,
            task != null,
            RowStatus.SCORED,
            null,
            rows.get(Source.RUN).text(),
            rule.paired() ? rows.get(Source.AGAINST).text() : null,
            reference()));
  }

  private record Failure(RowStatus status, String problem) {}

  /** What keeps the row from being scored; null if nothing does. */
  private Failure failure() {
    for (SourceRow row : rows.values()) {
      if (row.status() != RowStatus.SCORED) {
        return new Failure(row.status(), row.problem());
      }
    }
    SourceRow run = rows.get(Source.RUN);
    SourceRow against = rows.get(Source.AGAINST);
    if (run == null && against == null) {
      return new Failure(RowStatus.NO_COMPLETION, "There is a reference, but no completion.");
    }
    if (rule.paired() && (run == null || against == null)) {
      Source only = run == null ? Source.AGAINST : Source.RUN;
      return new Failure(RowStatus.UNPAIRED, "Only %s have this id.".formatted(only.words()));
    }
    if (referencesDiffer()) {
      return new Failure(
          RowStatus.REFERENCES_DIFFER, "The two runs have different references for this id.");
    }
    String reference = reference();
    return reference == null || reference.isBlank()
        ? new Failure(RowStatus.NO_REFERENCE, "There is no reference for this id.")
        : null;
  }

  private boolean referencesDiffer() {
    if (rule.separateReferences() || !rule.paired()) {
      return false;
    }
    String run = rows.get(Source.RUN).reference();
    String against = rows.get(Source.AGAINST).reference();
    return run != null && against != null && !run.equals(against);
  }

  private String reference() {
    return (rule.separateReferences()
            ? Stream.of(Source.REFERENCES)
            : Stream.of(Source.RUN, Source.AGAINST))
        .map(rows::get)
        .filter(Objects::nonNull)
        .map(SourceRow::reference)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }
}
