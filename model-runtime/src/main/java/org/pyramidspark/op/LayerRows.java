package org.pyramidspark.op;

/**
 * Where one sequence's rows lie in one layer of a step.
 *
 * @param projected the layer's projections, packed over all sequences
 * @param context where attention results go, packed over all sequences
 * @param firstRow the sequence's first packed row
 * @param rows how many rows enter
 * @param firstContextRow the first packed result row
 */
record LayerRows(
    ProjectedRows projected, ContextRows context, int firstRow, int rows, int firstContextRow) {}
