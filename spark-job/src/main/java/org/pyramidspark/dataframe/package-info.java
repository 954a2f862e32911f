/**
 * Around stages 2 to 8 of 10 for whoever has a DataFrame rather than files: completes its rows and
 * hands them back as a DataFrame, {@link org.pyramidspark.dataframe.PyramidSpark}. That is an
 * operator for Spark's planner, and rules that spare completions. May import {@code executor} and
 * what that imports, and Spark's catalyst; {@code sql}, {@code ml} and {@code job} may use it.
 */
package org.pyramidspark.dataframe;
