package org.pyramidspark.evaluation;

/** What becomes of rows that a run could not complete. */
public enum ErrorRows {
  /** They are counted and not scored. */
  SKIP("skip"),
  /** They are scored as empty texts. */
  EMPTY("empty");

  private final String label;

  ErrorRows(String label) {
    this.label = label;
  }

  /** The name in options. */
  public String label() {
    return label;
  }
}
