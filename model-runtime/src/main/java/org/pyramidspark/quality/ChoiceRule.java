package org.pyramidspark.quality;

/** How many options a multiple-choice question's answer may name. */
public enum ChoiceRule {
  /** One: the first letter of an answer counts, as in L-Eval's {@code tpo}. */
  SINGLE("single"),
  /** One or more, as in L-Eval's {@code coursera}. */
  MULTIPLE("multiple");

  private final String label;

  ChoiceRule(String label) {
    this.label = label;
  }

  /** The name in options and reports. */
  public String label() {
    return label;
  }
}
