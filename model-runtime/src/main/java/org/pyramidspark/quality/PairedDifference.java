package org.pyramidspark.quality;

import java.io.Serializable;

/**
 * By how much one mean is higher than another, over the same rows.
 *
 * @param mean the former less the latter
 * @param low lower end of the 95 % interval
 * @param high upper end
 * @param pValue how likely so large a difference of either sign is without a real one
 */
public record PairedDifference(double mean, double low, double high, double pValue)
    implements Serializable {}
