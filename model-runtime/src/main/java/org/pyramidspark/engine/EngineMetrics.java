package org.pyramidspark.engine;

import java.util.Map;
import org.pyramidspark.op.StepPart;

/**
 * What an engine did since it was opened; a snapshot. Times are of whole steps, so prefill, decode
 * and trials add up to the time that the engine was busy.
 *
 * @param prefillTokens prompt tokens computed
 * @param sharedPromptTokens prompt tokens that were not computed, since another sequence's cache
 *     had them
 * @param sharedKvBytes bytes of cache pages that were not taken for these
 * @param prefillNanos time that computing prompts took
 * @param decodeTokens tokens computed one at a time after their prompt
 * @param decodeNanos time that computing such tokens took
 * @param decodeSteps steps that computed such tokens, one for each sequence that took part
 * @param trialNanos time that trials took: their prompts, and of steps with rows their share
 * @param kvBytes bytes of cache pages in use now
 * @param peakKvBytes the most bytes of cache pages that were in use at once
 * @param runningSequences sequences that hold cache pages now
 * @param mostRunningSequences the most of them at once
 * @param setBacks how often a sequence gave its pages up and began anew, since memory ran out
 * @param breakdown nanoseconds by what they were spent on
 */
public record EngineMetrics(
    long prefillTokens,
    long sharedPromptTokens,
    long sharedKvBytes,
    long prefillNanos,
    long decodeTokens,
    long decodeNanos,
    long decodeSteps,
    long trialNanos,
    long kvBytes,
    long peakKvBytes,
    int runningSequences,
    int mostRunningSequences,
    long setBacks,
    Map<StepPart, Long> breakdown) {}
