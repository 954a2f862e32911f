package org.pyramidspark.prompts;

/**
 * Where a row stands in the corpus.
 *
 * @param file the file's name, relative to the corpus's folder
 * @param line line number, from 1
 */
public record RowPlace(String file, long line) {

  /** The row's id, if it does not bring its own: the same in every run over the same files. */
  public String id() {
    return file + "#" + line;
  }

  /** An error of this row, its message headed by the place. */
  public RowError error(RowError.Kind kind, String format, Object... arguments) {
    return new RowError(kind, "%s: %s".formatted(this, format.formatted(arguments)));
  }

  /** How messages name the place. */
  @Override
  public String toString() {
    return "File %s, line %d".formatted(file, line);
  }
}
