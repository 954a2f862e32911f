package org.pyramidspark.commit;

import java.time.Instant;
import java.util.List;
import org.pyramidspark.metrics.ErrorRow;
import org.pyramidspark.metrics.ExampleRow;
import org.pyramidspark.metrics.RunTotals;
import org.pyramidspark.metrics.ShownRows;
import org.pyramidspark.metrics.TaskSpan;

/**
 * What is written of a split when it is committed: a split is finished if, and only if, its
 * manifest is there, whole, and names files that are there with their sizes.
 *
 * @param split its number
 * @param parts the files that hold its rows
 * @param committed when
 * @param session that completed it
 * @param task where, and since when
 * @param totals what the report needs of its rows and of the engine
 * @param errorRows rows that the report may show
 * @param examples rows that the report may show, with their ranks
 */
record SplitManifest(
    int split,
    List<PartFile> parts,
    Instant committed,
    Session session,
    TaskSpan task,
    RunTotals totals,
    List<ErrorRow> errorRows,
    List<Example> examples) {

  /** A completed row and its rank. */
  record Example(double rank, ExampleRow row) {}

  static SplitManifest of(
      int split,
      List<PartFile> parts,
      Session session,
      TaskSpan task,
      RunTotals totals,
      ShownRows shown) {
    return new SplitManifest(
        split,
        parts,
        Instant.now(),
        session,
        task,
        totals,
        shown.errors(),
        shown.ranked().entrySet().stream()
            .map(example -> new Example(example.getKey(), example.getValue()))
            .toList());
  }

  /** What tells attempts apart: no other has a file of this name. Empty without files. */
  String attempt() {
    return attempt(parts);
  }

  static String attempt(List<PartFile> parts) {
    return parts.isEmpty() ? "" : parts.getFirst().name();
  }

  /** The whole file. */
  byte[] toFile() {
    return BooksJson.file(this);
  }

  void addTo(ShownRows shown) {
    errorRows.forEach(shown::add);
    examples.forEach(example -> shown.add(example.rank(), example.row()));
  }
}
