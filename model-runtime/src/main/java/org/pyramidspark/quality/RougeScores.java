package org.pyramidspark.quality;

/**
 * ROUGE (Lin 2004) of one prediction against one reference.
 *
 * @param rouge1 common words
 * @param rouge2 common pairs of neighbouring words
 * @param rougeL longest common subsequence of the whole texts
 * @param rougeLsum union of the longest common subsequences, line by line of the reference
 */
public record RougeScores(Score rouge1, Score rouge2, Score rougeL, Score rougeLsum) {}
