package org.pyramidspark.quality;

import java.io.Serializable;

/**
 * A mean over rows.
 *
 * @param rows how many
 * @param mean of their values
 * @param low lower end of the 95 % interval
 * @param high upper end
 */
public record Estimate(long rows, double mean, double low, double high) implements Serializable {}
