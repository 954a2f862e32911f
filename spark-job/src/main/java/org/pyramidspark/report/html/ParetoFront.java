package org.pyramidspark.report.html;

import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Of some alternatives those that no other beats: none is better in one measure without being worse
 * in the other.
 *
 * @param x the first measure, the lower the better
 * @param y the second measure, the lower the better
 */
public record ParetoFront<T>(ToDoubleFunction<T> x, ToDoubleFunction<T> y) {

  /** The front, by x ascending. */
  public List<T> of(List<T> alternatives) {
    return alternatives.stream()
        .filter(one -> alternatives.stream().noneMatch(other -> beats(other, one)))
        .sorted(Comparator.comparingDouble(x))
        .toList();
  }

  private boolean beats(T other, T one) {
    double byX = x.applyAsDouble(one) - x.applyAsDouble(other);
    double byY = y.applyAsDouble(one) - y.applyAsDouble(other);
    return byX >= 0 && byY >= 0 && (byX > 0 || byY > 0);
  }
}
