/**
 * Stage 8 of 10, completions: what each row of the output holds, and the folder that the output
 * appears in, whole or not at all. May import {@code engine}, {@code prompts}, {@code quality},
 * {@code errors}, Spark and Hadoop.
 */
package org.pyramidspark.completions;
