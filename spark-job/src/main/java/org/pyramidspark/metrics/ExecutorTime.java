package org.pyramidspark.metrics;

import java.time.Duration;

/**
 * What an executor did of a stage.
 *
 * @param executor names it among those of all sessions
 * @param host its machine
 * @param splits that it finished
 * @param rows of these
 * @param whole from when its first task could begin to the end of the stage
 * @param idle of that, when it had no task
 */
public record ExecutorTime(
    String executor, String host, int splits, long rows, Duration whole, Duration idle) {}
