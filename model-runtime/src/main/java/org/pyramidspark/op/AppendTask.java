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
 * @param valueNorms gets the Euclidean norm of each value, before it is rounded, at its entry's
 *     place; empty if nobody wants them
 */
record AppendTask(
    ProjectedRows rows,
    LayerCache cache,
    int kvHead,
    int firstRow,
    int count,
    int firstEntry,
    float[] valueNorms) {
  static final float[] UNWANTED = {};

  AppendTask(
      ProjectedRows rows, LayerCache cache, int kvHead, int firstRow, int count, int firstEntry) {
    this(rows, cache, kvHead, firstRow, count, firstEntry, UNWANTED);
  }

  /** Notes the norm of an entry's value, {@code [headSize]}, if somebody wants it. */
  void addNorm(int entry, float[] value) {
    if (valueNorms.length > 0) {
      float sum = 0;
      for (int dim = 0; dim < cache.layout().headSize(); dim++) {
        sum += value[dim] * value[dim];
      }
      valueNorms[entry] = (float) Math.sqrt(sum);
    }
  }
}
