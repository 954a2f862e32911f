package org.pyramidspark.prompts;

/**
 * Where a row stands.
 *
 * @param words to open messages, before the number: {@code File a.jsonl, line}
 * @param source what holds the row: {@code a.jsonl}
 * @param number of the row there, from 1
 */
public record RowPlace(String words, String source, long number) {

  /**
   * In a file of the corpus.
   *
   * @param file the file's name, relative to the corpus's folder
   * @param line line number, from 1
   */
  public static RowPlace inFile(String file, long line) {
    return new RowPlace("File %s, line".formatted(file), file, line);
  }

  /**
   * In a partition of a DataFrame.
   *
   * @param partition its number, from 0
   * @param row number of the row, from 1
   */
  public static RowPlace inPartition(int partition, long row) {
    return new RowPlace("Partition %d, row".formatted(partition), Integer.toString(partition), row);
  }

  /** The row's id, if it does not bring its own: the same in every run over the same input. */
  public String id() {
    return source + "#" + number;
  }

  /** An error of this row, its message headed by the place. */
  public RowError error(RowError.Kind kind, String format, Object... arguments) {
    return new RowError(kind, "%s: %s".formatted(this, format.formatted(arguments)));
  }

  /** How messages name the place. */
  @Override
  public String toString() {
    return words + " " + number;
  }
}
