package org.pyramidspark.metrics;

/**
 * What a split cost, in prompt tokens as {@link org.pyramidspark.prompts.RowCost} counts them.
 *
 * @param estimated when it was cut
 * @param real once its rows were completed
 */
public record SplitWork(long estimated, long real) {}
