package org.pyramidspark.config;

/** Which tokens of a prompt a policy never drops, whatever their score. */
public enum Protect {
  /**
   * All but the document's: template, system text and instruction stay. Of a prompt without a
   * document any may be dropped.
   */
  DOCUMENT_ONLY("all-but-document"),
  /** None, as PyramidInfer was published. */
  NONE("none");

  private final String label;

  Protect(String label) {
    this.label = label;
  }

  /** The name in presets and options. */
  public String label() {
    return label;
  }

  /** The value of a label. */
  public static Protect of(String label) {
    return NONE.label.equals(label) ? NONE : DOCUMENT_ONLY;
  }
}
