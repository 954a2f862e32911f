package org.pyramidspark.executor;

import org.pyramidspark.completions.Completion;

/**
 * A row's completion, and which row it is of: ids may repeat.
 *
 * @param number of the row among those that were read, from 0
 */
record CompletedRow(long number, Completion completion) {}
