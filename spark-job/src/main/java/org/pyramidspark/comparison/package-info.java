/**
 * Beside stages 8 to 10: what several policies did with the same rows of a corpus, row by row, in
 * sums, and as a report. May import {@code metrics}, {@code report}, {@code prompts}, {@code
 * cache}, {@code quality}, {@code errors} and Spark; knows neither engines nor tasks.
 */
package org.pyramidspark.comparison;
