package org.pyramidspark.executor;

import java.io.Serializable;
import org.pyramidspark.metrics.RunAccumulator;

/**
 * What tasks do with the rows of their partitions.
 *
 * @param model to use
 * @param engine how it runs
 * @param rows how rows are completed
 * @param totals counts rows and engines; registered
 */
public record RowWork(
    ModelReference model, EngineSettings engine, RowSettings rows, RunAccumulator totals)
    implements Serializable {}
