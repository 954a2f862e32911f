package org.pyramidspark.cache;

/**
 * The choice of the best-scored tokens, apart from scoring and from dropping: the PvC of the paper.
 */
public final class PivotalContext {
  private PivotalContext() {}

  /**
   * The indices of the {@code kept} highest scores, ascending; ties go to the lower index, and the
   * first {@code sinkTokens} come before all others. Linear time on average: a quickselect finds
   * the lowest kept score, one pass collects.
   *
   * @param scores at least {@code count} of them
   * @param count scores to choose from
   * @param kept how many to choose, at most {@code count}
   */
  public static int[] select(float[] scores, int count, int kept, int sinkTokens) {
    int sinks = Math.min(sinkTokens, kept);
    int wanted = kept - sinks;
    int[] chosen = new int[kept];
    for (int i = 0; i < sinks; i++) {
      chosen[i] = i;
    }
    if (wanted == 0) {
      return chosen;
    }
    int[] keys = new int[count - sinks];
    for (int i = sinks; i < count; i++) {
      keys[i - sinks] = key(scores[i]);
    }
    int threshold = largest(keys, wanted);
    int above = 0;
    for (int i = sinks; i < count; i++) {
      above += key(scores[i]) > threshold ? 1 : 0;
    }
    int ties = wanted - above;
    int next = sinks;
    for (int i = sinks; i < count && next < kept; i++) {
      int key = key(scores[i]);
      if (key > threshold || key == threshold && ties-- > 0) {
        chosen[next++] = i;
      }
    }
    return chosen;
  }

  /** An int that orders as the floats do, NaN above all: no comparison can fail. */
  private static int key(float score) {
    int bits = Float.floatToRawIntBits(score);
    return bits ^ (bits >> 31 & Integer.MAX_VALUE);
  }

  /** The {@code rank}-th largest key, counted from 1; reorders {@code keys}. */
  private static int largest(int[] keys, int rank) {
    int low = 0;
    int high = keys.length - 1;
    int target = rank - 1;
    while (low < high) {
      int pivot = median(keys[low], keys[low + high >>> 1], keys[high]);
      int i = low;
      int j = high;
      while (i <= j) {
        while (keys[i] > pivot) {
          i++;
        }
        while (keys[j] < pivot) {
          j--;
        }
        if (i <= j) {
          int swap = keys[i];
          keys[i++] = keys[j];
          keys[j--] = swap;
        }
      }
      if (target <= j) {
        high = j;
      } else if (target >= i) {
        low = i;
      } else {
        return keys[target];
      }
    }
    return keys[target];
  }

  private static int median(int a, int b, int c) {
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  }
}
