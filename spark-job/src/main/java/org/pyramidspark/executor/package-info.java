/**
 * Where stages 3 to 8 of 10 run on Spark: the one engine of an executor's JVM, and the task that
 * feeds a split's prompts to it and streams the completions out. May import every package of {@code
 * model-runtime}, {@code models}, {@code prompts}, {@code completions}, {@code commit}, {@code
 * guard}, {@code comparison}, {@code metrics}, {@code monitoring} and Spark.
 */
package org.pyramidspark.executor;
