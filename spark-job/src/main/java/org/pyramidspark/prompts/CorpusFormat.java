package org.pyramidspark.prompts;

/** How the rows of a corpus are written. */
public enum CorpusFormat {
  /** Recognised for each file by its first row. */
  AUTO("auto"),
  /** L-Eval: {@code instructions[]}, {@code input}, {@code outputs[]}. */
  LEVAL("leval"),
  /** Plain rows: {@code prompt}, {@code messages} or {@code prompt_token_ids}. */
  PROMPTS("prompts");

  private final String label;

  CorpusFormat(String label) {
    this.label = label;
  }

  /** The name used in options. */
  public String label() {
    return label;
  }
}
