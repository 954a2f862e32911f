package org.pyramidspark.evaluation;

/** Whether a row was scored, or why not. */
public enum RowStatus {
  SCORED("scored"),
  /** The run could not complete it. */
  ERROR("error"),
  /** The line is not a row. */
  UNREADABLE("unreadable"),
  /** An earlier row of the same source has the same id. */
  DUPLICATE("duplicate"),
  /** There is a completion, but no text to compare it with. */
  NO_REFERENCE("no-reference"),
  /** There is a reference, but no completion. */
  NO_COMPLETION("no-completion"),
  /** Only one of the two runs that are compared has it. */
  UNPAIRED("unpaired"),
  /** The two runs that are compared bring different references. */
  REFERENCES_DIFFER("references-differ");

  private final String label;

  RowStatus(String label) {
    this.label = label;
  }

  /** The name in rows and reports. */
  public String label() {
    return label;
  }
}
