/**
 * Stage 9 of 10, metrics, for completions that are there already: reads them and their references,
 * brings the two together by id, scores them on the executors and sums the scores up by task. May
 * import {@code prompts}, {@code quality}, {@code report}, {@code errors}, Spark and Hadoop.
 */
package org.pyramidspark.evaluation;
