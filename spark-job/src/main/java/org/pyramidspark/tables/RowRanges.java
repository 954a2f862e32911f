package org.pyramidspark.tables;

import java.util.ArrayList;
import java.util.List;
import org.pyramidspark.commit.TablePlan.RowRange;

/** Deals the rows of a table's partitions out to tasks. */
final class RowRanges {
  private RowRanges() {}

  /**
   * Ranges of about the same size, none of them empty and none over more than one partition.
   *
   * @param counts rows of each partition
   * @param total rows beyond these are left out
   * @param mostRows of a range
   */
  static List<RowRange> of(List<Long> counts, long total, long mostRows) {
    List<RowRange> ranges = new ArrayList<>();
    long left = total;
    for (int partition = 0; partition < counts.size(); partition++) {
      long rows = Math.min(left, counts.get(partition));
      left -= rows;
      long pieces = Math.ceilDiv(rows, mostRows);
      for (long piece = 0; piece < pieces; piece++) {
        long first = rows * piece / pieces;
        long end = rows * (piece + 1) / pieces;
        ranges.add(new RowRange(ranges.size(), partition, first, end - first));
      }
    }
    return ranges;
  }
}
