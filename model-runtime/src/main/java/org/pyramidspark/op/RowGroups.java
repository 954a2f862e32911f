package org.pyramidspark.op;

/** How rows are cut into groups that fit into a kernel's registers: as even as can be. */
final class RowGroups {
  private RowGroups() {}

  /** Rows of the next group, of so many that are left and at most {@code most} together. */
  static int next(int left, int most) {
    return Math.ceilDiv(left, Math.ceilDiv(left, most));
  }
}
