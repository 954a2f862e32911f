package org.pyramidspark.op;

import org.pyramidspark.cache.LayerCache;

/**
 * Keys and values of consecutive rows of one sequence, to be stored for one KV head. The cache has
 * room for them already.
 *
 * @param rows the step's projections
 * @param cache where they go
 * @param kvHead which KV head
 * @param firstRow packed row of the first
 * @param count how many
 * @param firstEntry cache entry of the first
 */
record AppendTask(
    ProjectedRows rows, LayerCache cache, int kvHead, int firstRow, int count, int firstEntry) {}
