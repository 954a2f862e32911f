package org.pyramidspark.commit;

import java.io.IOException;
import java.io.Serializable;
import java.io.Writer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a run over a table is to do: ranges of rows of the partitions that Spark reads.
 *
 * @param source how it was read
 * @param partitions of the table, by number
 * @param splits by number
 */
public record TablePlan(Source source, List<Partition> partitions, List<RowRange> splits)
    implements PlannedRun {
  private static final String SOURCE = "source.jsonl";
  private static final String PARTITIONS = "partitions.jsonl";
  private static final String SPLITS = "splits.jsonl";

  /**
   * @param input what the user calls it
   * @param reading settings of Spark by which it cuts files into partitions
   * @param schema of the table, as Spark writes it
   */
  public record Source(String input, Map<String, String> reading, String schema) {}

  /**
   * A partition as Spark reads it.
   *
   * @param files what it reads in this order; empty for a source that is no files
   */
  public record Partition(int partition, List<FileRange> files) {}

  /**
   * A piece of a file.
   *
   * @param start offset of its first byte
   * @param bytes of the piece
   * @param modifiedMillis when the file was last changed, since 1970
   * @param fileBytes of the whole file
   */
  public record FileRange(
      String path, long start, long bytes, long modifiedMillis, long fileBytes) {}

  /**
   * The work of one task.
   *
   * @param partition that holds the rows
   * @param firstRow number of the first of them there, from 0
   * @param rows how many
   */
  public record RowRange(int split, int partition, long firstRow, long rows)
      implements Serializable {}

  public TablePlan {
    partitions = List.copyOf(partitions);
    splits = List.copyOf(splits);
  }

  @Override
  public int numSplits() {
    return splits.size();
  }

  @Override
  public long numPrompts() {
    return splits.stream().mapToLong(RowRange::rows).sum();
  }

  /** Rows: nobody knows the bytes of a table's text before it is read. */
  @Override
  public long workBytes() {
    return numPrompts();
  }

  @Override
  public long cost(int split) {
    return splits.get(split).rows();
  }

  @Override
  public void write(RunFolder folder) throws IOException {
    write(folder, SOURCE, List.of(source));
    write(folder, PARTITIONS, partitions);
    write(folder, SPLITS, splits);
  }

  private static void write(RunFolder folder, String name, List<? extends Record> values)
      throws IOException {
    try (Writer lines = folder.bookWriter(name)) {
      for (Record value : values) {
        lines.write(BooksJson.line(value) + "\n");
      }
    }
  }

  /**
   * @param splits that it must have
   * @throws org.pyramidspark.errors.InvalidInputException if it is damaged
   */
  public static TablePlan read(RunFolder folder, int splits) throws IOException {
    List<Source> source = folder.bookLines(SOURCE, Source.class);
    List<RowRange> ranges = folder.bookLines(SPLITS, RowRange.class);
    if (source.size() != 1 || ranges.size() != splits) {
      throw folder.damaged(source.size() == 1 ? SPLITS : SOURCE);
    }
    return new TablePlan(source.getFirst(), folder.bookLines(PARTITIONS, Partition.class), ranges);
  }

  /** In what a table is not as it was, as a clause; nothing if it reads the same. */
  public Optional<String> change(String input, String schema, List<Partition> now) {
    if (!schema.equals(source.schema())) {
      return Optional.of("its columns were %s and now are %s".formatted(source.schema(), schema));
    }
    // Files are compared one by one, wherever the user says that they are.
    boolean files = partitions.stream().noneMatch(partition -> partition.files().isEmpty());
    if (!files && !input.equals(source.input())) {
      return Optional.of("it was %s and now is %s".formatted(source.input(), input));
    }
    for (int i = 0; i < Math.min(partitions.size(), now.size()); i++) {
      Optional<String> change = change(partitions.get(i).files(), now.get(i).files());
      if (change.isPresent()) {
        return change;
      }
    }
    return partitions.size() == now.size()
        ? Optional.empty()
        : Optional.of(
            "it was read in %,d partitions and now is in %,d"
                .formatted(partitions.size(), now.size()));
  }

  private static Optional<String> change(List<FileRange> then, List<FileRange> now) {
    for (int i = 0; i < Math.max(then.size(), now.size()); i++) {
      String before = i < then.size() ? shown(then.get(i)) : "nothing";
      String after = i < now.size() ? shown(now.get(i)) : "nothing";
      if (!before.equals(after)) {
        return Optional.of("where %s was read now is %s".formatted(before, after));
      }
    }
    return Optional.empty();
  }

  private static String shown(FileRange range) {
    return "%s from byte %d on for %d bytes (%d bytes, of %s)"
        .formatted(
            range.path(),
            range.start(),
            range.bytes(),
            range.fileBytes(),
            Instant.ofEpochMilli(range.modifiedMillis()));
  }
}
