package org.pyramidspark.comparison;

import java.io.Serializable;

/** Sums of F-measures. Not thread-safe. */
final class RougeSums implements Serializable {
  private static final long serialVersionUID = 1L;

  private long rows;
  private double rouge1;
  private double rouge2;
  private double rougeL;

  void add(ComparedRow.Rouge scores) {
    rows++;
    rouge1 += scores.rouge1();
    rouge2 += scores.rouge2();
    rougeL += scores.rougeL();
  }

  void add(RougeSums other) {
    rows += other.rows;
    rouge1 += other.rouge1;
    rouge2 += other.rouge2;
    rougeL += other.rougeL;
  }

  /** Null without rows. */
  ComparisonReport.Rouge figures() {
    return rows == 0
        ? null
        : new ComparisonReport.Rouge(rows, rouge1 / rows, rouge2 / rows, rougeL / rows);
  }
}
