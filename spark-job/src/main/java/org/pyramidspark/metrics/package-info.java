/**
 * Stage 9 of 10, metrics: what rows and engines did, gathered by a Spark accumulator, and the
 * progress line made of it. May import {@code engine}, {@code prompts}, {@code quality} and Spark.
 */
package org.pyramidspark.metrics;
