package org.pyramidspark.metrics;

import java.time.Instant;

/**
 * Where and since when a task worked on a split.
 *
 * @param executor Spark's name for it
 * @param host its machine
 * @param began when the engine was there and the task could begin
 */
public record TaskSpan(String executor, String host, Instant began) {}
