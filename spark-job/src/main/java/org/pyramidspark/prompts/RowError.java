package org.pyramidspark.prompts;

import java.io.Serializable;

/**
 * What is wrong with one row of the corpus.
 *
 * @param kind under which the report counts it
 * @param message one sentence that names the place
 */
public record RowError(Kind kind, String message) implements Serializable {

  /** Kinds of errors, as reports count them. */
  public enum Kind {
    NOT_JSON("not-json"),
    MISSING_FIELD("missing-field"),
    WRONG_TYPE("wrong-type"),
    EMPTY_PROMPT("empty-prompt"),
    /** The prompt is longer than allowed and truncation is off. */
    TOO_LONG("too-long"),
    /** The engine could not complete the row. */
    ENGINE("engine"),
    /** Two JVMs have died of the row. */
    QUARANTINED("quarantined");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    /** The name used in reports. */
    public String label() {
      return label;
    }
  }
}
