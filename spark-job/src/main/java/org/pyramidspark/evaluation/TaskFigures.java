package org.pyramidspark.evaluation;

import java.io.Serializable;
import java.util.EnumMap;
import org.pyramidspark.quality.Metric;

/**
 * The figures of a task, or of all rows.
 *
 * @param rows by status
 * @param emptyTexts rows scored whose completion has no text
 * @param metrics by metric
 */
record TaskFigures(
    EnumMap<RowStatus, Long> rows, long emptyTexts, EnumMap<Metric, MetricFigures> metrics)
    implements Serializable {}
