package org.pyramidspark.op.rules;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which positions stay by a rule: some in any case, and of the candidates those with the highest
 * scores; of equal ones the lower positions.
 *
 * @param stays positions that stay in any case
 * @param candidates scores by position
 * @param kept how many candidates stay
 */
public record Choice(List<Integer> stays, Map<Integer, Interval> candidates, int kept) {

  public Choice {
    stays = List.copyOf(stays);
    candidates = new TreeMap<>(candidates);
  }

  /** Just these. */
  public static Choice of(List<Integer> positions) {
    return new Choice(positions, Map.of(), 0);
  }

  /** What stays where nothing is rounded. */
  public Set<Integer> exact() {
    List<Integer> best = new ArrayList<>(candidates.keySet());
    best.sort(
        Comparator.comparingDouble((Integer position) -> -candidates.get(position).unrounded())
            .thenComparing(Comparator.naturalOrder()));
    Set<Integer> exact = new TreeSet<>(stays);
    exact.addAll(best.subList(0, kept));
    return exact;
  }

  /** What is wrong with these positions, if not even rounding explains them. */
  public Optional<String> fault(Collection<Integer> actual) {
    Set<Integer> distinct = new TreeSet<>(actual);
    if (distinct.size() != actual.size()) {
      return Optional.of("positions are there twice: " + actual);
    }
    if (actual.size() != stays.size() + kept || !distinct.containsAll(stays)) {
      return Optional.of("%s, but %s stay and %d others".formatted(distinct, stays, kept));
    }
    distinct.removeAll(stays);
    if (!candidates.keySet().containsAll(distinct)) {
      return Optional.of("%s are kept, of candidates %s".formatted(distinct, candidates.keySet()));
    }
    return swapped(distinct);
  }

  /** A candidate that was kept, though another one that was not has a higher score for sure. */
  private Optional<String> swapped(Set<Integer> chosen) {
    Optional<Integer> worst =
        chosen.stream()
            .min(
                Comparator.comparingDouble((Integer position) -> candidates.get(position).high())
                    .thenComparing(Comparator.reverseOrder()));
    Optional<Integer> best =
        candidates.keySet().stream()
            .filter(position -> !chosen.contains(position))
            .max(
                Comparator.comparingDouble((Integer position) -> candidates.get(position).low())
                    .thenComparing(Comparator.reverseOrder()));
    if (worst.isEmpty() || best.isEmpty()) {
      return Optional.empty();
    }
    double kept = candidates.get(worst.get()).high();
    double dropped = candidates.get(best.get()).low();
    boolean wrong = dropped > kept || dropped == kept && best.get() < worst.get();
    return wrong
        ? Optional.of(
            "%d is kept with %s, %d is not with %s"
                .formatted(
                    worst.get(), candidates.get(worst.get()),
                    best.get(), candidates.get(best.get())))
        : Optional.empty();
  }
}
