package org.pyramidspark.quality;

import java.io.Serializable;

/**
 * By how much one run's mean score is higher than another's, on the same rows.
 *
 * @param mean from -1 to 1
 * @param low lower end of the 95 % interval
 * @param high upper end
 * @param pValue how likely so large a difference of either sign is without a real one
 */
public record PairedDifference(double mean, double low, double high, double pValue)
    implements Serializable {}
