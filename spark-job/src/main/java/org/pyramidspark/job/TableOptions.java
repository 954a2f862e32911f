package org.pyramidspark.job;

import org.pyramidspark.tables.TableInput;
import org.pyramidspark.tables.TableOutput;

/**
 * A run through Spark's readers and writers.
 *
 * @param input what to read
 * @param output how to write it
 */
public record TableOptions(TableInput input, TableOutput output) {}
