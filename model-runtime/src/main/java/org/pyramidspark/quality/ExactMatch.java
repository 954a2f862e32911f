package org.pyramidspark.quality;

/**
 * Whether two short answers are the same but for case, ASCII punctuation, articles and white space,
 * as L-Eval (arXiv 2307.11088) compares them. Safe for use by many threads.
 */
public final class ExactMatch {

  /** 1 where they are the same, else 0; two answers without any words are the same. */
  public double score(String prediction, String reference) {
    return Answer.words(prediction).equals(Answer.words(reference)) ? 1 : 0;
  }
}
