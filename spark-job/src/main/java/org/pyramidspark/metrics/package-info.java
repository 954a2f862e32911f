/**
 * Stage 9 of 10, metrics: what rows and engines did and the rows that a report shows, gathered by
 * Spark accumulators, and the progress line. May import {@code engine}, {@code prompts}, {@code
 * quality}, {@code guard} and Spark.
 */
package org.pyramidspark.metrics;
