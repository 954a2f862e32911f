package org.pyramidspark.engine;

/** Why a completion ended. */
public enum FinishReason {
  /** The model gave an end token. */
  EOS("eos"),
  /** A stop string of the request appeared; the text ends before it. */
  STOP("stop"),
  /** The limit of new tokens, or the model's context, was reached. */
  LENGTH("length"),
  /** The row could not be completed; its error says why. */
  ERROR("error");

  private final String label;

  FinishReason(String label) {
    this.label = label;
  }

  /** The name used in completions and reports. */
  public String label() {
    return label;
  }
}
