package org.pyramidspark.metrics;

/**
 * ROUGE F-measures, 0 to 1 each, as means over the rows that have a reference.
 *
 * @param rouge1 of single words
 * @param rouge2 of pairs of words
 * @param rougeL of the longest common subsequence
 */
public record MeanRouge(double rouge1, double rouge2, double rougeL) {}
