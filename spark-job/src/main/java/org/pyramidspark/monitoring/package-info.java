/**
 * What Spark shows of a run while it works: a tab of its UI, metrics sources of driver and
 * executors, and the ids that logs carry. The only package that uses Spark's own, unstable
 * interfaces for pages and metrics. May import {@code metrics}, {@code engine} and Spark.
 */
package org.pyramidspark.monitoring;
