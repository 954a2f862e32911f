package org.pyramidspark.guard;

import java.io.Serializable;
import java.util.Map;

/**
 * Compression was relaxed.
 *
 * @param level of the settings from here on: how often they were relaxed
 * @param afterRows rows that were begun before, on this executor
 * @param sampledRows rows that the decision rests on
 * @param mean their mean divergence, nats
 * @param low lower end of its 95 % interval: over the limit
 * @param high upper end
 * @param policy the policy from here on
 * @param settings its settings
 */
public record GuardDecision(
    int level,
    long afterRows,
    long sampledRows,
    double mean,
    double low,
    double high,
    String policy,
    Map<String, Object> settings)
    implements Serializable {}
