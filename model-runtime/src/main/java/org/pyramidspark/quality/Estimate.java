package org.pyramidspark.quality;

import java.io.Serializable;

/**
 * A mean score.
 *
 * @param rows how many rows it is the mean of
 * @param mean from 0 to 1
 * @param low lower end of the 95 % interval
 * @param high upper end
 */
public record Estimate(long rows, double mean, double low, double high) implements Serializable {}
