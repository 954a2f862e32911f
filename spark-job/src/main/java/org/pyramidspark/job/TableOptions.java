package org.pyramidspark.job;

import java.util.Optional;
import org.pyramidspark.tables.TableInput;
import org.pyramidspark.tables.TableOutput;

/**
 * A run whose rows Spark writes.
 *
 * @param input what Spark is to read; nothing where our own reader reads
 * @param output how to write it
 */
public record TableOptions(Optional<TableInput> input, TableOutput output) {}
