package org.pyramidspark.op;

import org.pyramidspark.cache.LayerCache;
import org.pyramidspark.cache.Observation.Statistic;

/**
 * Attention of some rows of one sequence over one KV head's entries, for all query heads of its
 * group. Row i of the sequence's share of the step is cache entry {@code cachedBefore + i} and sees
 * the entries up to itself: causal by original order, since entries are in that order.
 *
 * @param rows the step's projections
 * @param context where the result goes
 * @param cache keys and values, those of this step's rows among them
 * @param kvHead which KV head
 * @param firstRow packed row of the sequence's first row in this step
 * @param cachedBefore entries that were in the cache before this step
 * @param queries the rows that attend, counted from {@code firstRow}, ascending
 * @param from first index into {@code queries}
 * @param to end index into {@code queries}
 * @param firstContextRow result row of {@code queries[0]}; that of {@code queries[i]} is i further
 * @param scoring what is summed up of the attention probabilities besides
 */
record AttentionTask(
    ProjectedRows rows,
    ContextRows context,
    LayerCache cache,
    int kvHead,
    int firstRow,
    int cachedBefore,
    int[] queries,
    int from,
    int to,
    int firstContextRow,
    Scoring scoring) {

  /** Query vectors: one for each query row and head of the group, heads of a row together. */
  int numVectors() {
    return (to - from) * rows.model().groupSize();
  }

  /** Index into {@code queries} of one query vector. */
  int index(int vector) {
    return from + vector / rows.model().groupSize();
  }

  /** Query head of one query vector. */
  int head(int vector) {
    int group = rows.model().groupSize();
    return kvHead * group + vector % group;
  }

  /** Packed row of {@code queries[index]}. */
  int row(int index) {
    return firstRow + queries[index];
  }

  /** How many entries, from the first on, {@code queries[index]} sees. */
  int visible(int index) {
    return cachedBefore + queries[index] + 1;
  }

  /** Result row of {@code queries[index]}. */
  int contextRow(int index) {
    return firstContextRow + index;
  }

  /**
   * What a range of entries gets: {@code sums[j] += sum over queries i of weights[i] * sum over the
   * group's heads of f(A[i, firstEntry + j])}, with A the probabilities after softmax, and f by the
   * statistic: A itself, or 1 where A is at least 1 / visible entries of i, and 0 else.
   *
   * @param statistic f
   * @param firstEntry first scored entry
   * @param entries how many are scored; 0 for none
   * @param weights weight of {@code queries[i]}
   * @param sums added to; {@code entries} long
   */
  record Scoring(Statistic statistic, int firstEntry, int entries, float[] weights, float[] sums) {
    private static final Scoring NONE =
        new Scoring(Statistic.ATTENTION, 0, 0, new float[0], new float[0]);

    static Scoring none() {
      return NONE;
    }

    boolean wanted() {
      return entries > 0;
    }

    boolean counts() {
      return statistic == Statistic.PERSISTENCE;
    }
  }
}
