package org.pyramidspark.calibration;

import java.io.Serializable;

/**
 * What one policy cost on one row, beside the full cache along the full cache's own completion.
 *
 * @param row the row's id
 * @param policy as it is written on the command line
 * @param tokens next tokens that were compared
 * @param loss mean KL(full || policy) over them, nats
 * @param agreement share of them where the likeliest token is the full cache's
 * @param computedFraction rows of the prompt computed over all layers, by all
 * @param keptFraction entries kept after the prompt, by those of a full cache
 */
public record RowTrial(
    String row,
    String policy,
    int tokens,
    double loss,
    double agreement,
    double computedFraction,
    double keptFraction)
    implements Serializable {}
