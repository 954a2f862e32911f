package org.pyramidspark.guard;

import java.io.Serializable;
import java.time.Instant;

/**
 * Compression was relaxed, for the rows that begin later.
 *
 * @param level of the settings from here on: how often they were relaxed
 * @param afterRows rows that had begun, on this executor, attempts that failed included
 * @param rowId the row whose trial decided
 * @param loss of the settings up to here: its interval lies over the limit
 * @param time when
 */
public record GuardDecision(int level, long afterRows, String rowId, Estimate loss, Instant time)
    implements Serializable {}
