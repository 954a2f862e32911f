package org.pyramidspark.op.rules;

import java.util.List;

/**
 * Attention of some rows of one layer over entries, in double precision. Entries and rows are known
 * by their original positions.
 */
public interface Attention {

  int numKvHeads();

  /** Query heads of one KV head. */
  int group();

  /** Positions of the entries that a KV head has, in the order in which they were appended. */
  List<Integer> entries(int kvHead);

  /** The probability that one row's query head gives to an entry; 0 if it does not see it. */
  double probability(int head, int row, int entry);

  /** Entries that a row sees. */
  int visible(int kvHead, int row);

  /** The Euclidean norm of an entry's value. */
  double valueNorm(int kvHead, int entry);

  /** Relative error that the computed probabilities may have. */
  double error();

  /** What an entry gets of a row, over all query heads of one KV head. */
  default Interval weighted(int kvHead, int row, int entry, double weight) {
    double sum = 0;
    for (int head = kvHead * group(); head < (kvHead + 1) * group(); head++) {
      sum += probability(head, row, entry);
    }
    // A sum of probabilities has twice the error of one; see the kernels' contract.
    return Interval.near(weight * sum, 2 * error());
  }

  /** The same over all query heads of the layer. */
  default Interval weighted(int row, int entry, double weight) {
    Interval sum = Interval.ZERO;
    for (int kvHead = 0; kvHead < numKvHeads(); kvHead++) {
      sum = sum.plus(weighted(kvHead, row, entry, weight));
    }
    return sum;
  }

  /** How many query heads of one KV head give an entry at least what all would have if alike. */
  default Interval important(int kvHead, int row, int entry) {
    int surely = 0;
    int perhaps = 0;
    int unrounded = 0;
    for (int head = kvHead * group(); head < (kvHead + 1) * group(); head++) {
      double share = visible(kvHead, row) * probability(head, row, entry);
      unrounded += share >= 1 ? 1 : 0;
      if (share >= 1 + 2 * error()) {
        surely++;
      } else if (share > 1 - 2 * error()) {
        perhaps++;
      }
    }
    return new Interval(surely, unrounded, surely + perhaps);
  }
}
