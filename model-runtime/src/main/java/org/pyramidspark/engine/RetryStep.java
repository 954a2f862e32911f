package org.pyramidspark.engine;

/** What was tried again with a row before it ended, in the order in which it is tried. */
public enum RetryStep {
  /** The rows that ran had outgrown the KV budget: it gave its memory up and began anew. */
  SET_BACK("set-back"),
  /** Memory ran out beside other rows: it began anew, with half as many at once. */
  HALVED("halved"),
  /** After memory had run out beside others, it ran with no other beside it. */
  ALONE("alone"),
  /** It did not fit into memory even alone: it began anew under its fallback policy. */
  COMPRESSED("compressed");

  private final String label;

  RetryStep(String label) {
    this.label = label;
  }

  /** The name used in completions and reports. */
  public String label() {
    return label;
  }
}
