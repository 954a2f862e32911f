package org.pyramidspark.evaluation;

/** Where rows come from; rows of one id are joined in this order. */
enum Source {
  REFERENCES("the references"),
  RUN("the completions"),
  AGAINST("the completions compared with");

  private final String words;

  Source(String words) {
    this.words = words;
  }

  /** How messages name it. */
  String words() {
    return words;
  }
}
