/**
 * Around stages 1 to 8 of 10 for corpora that Spark's readers read, and for outputs in Spark's
 * formats: a run of {@code generate} over the partitions of a table, each row with its completion
 * written by Spark's writer of the format and committed like any other split. May import {@code
 * dataframe}, {@code executor}, {@code commit} and what these import, and Spark's planner; only
 * {@code job} may use it.
 */
package org.pyramidspark.tables;
