package org.pyramidspark.calibration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.pyramidspark.cache.NamedPolicy;
import org.pyramidspark.calibration.SettingsLine.Varied;
import org.pyramidspark.guard.Estimate;

class SettingsSearchTest {
  private static final int GRID = 16;
  private static final Map<Integer, Double> COST_AT_STRONGEST =
      Map.of(0, 0.2, 1, 0.35, 2, 0.5, 3, 0.65);

  /** Lines whose loss grows and whose cost falls with the strength, each in its own way. */
  private static SearchSpace space() {
    return new SearchSpace(
        "pyramid-plus",
        COST_AT_STRONGEST.keySet().stream()
            .sorted()
            .map(
                line ->
                    new SettingsLine(
                        "pyramid-plus",
                        Map.of("first_layer", String.valueOf(line)),
                        List.of(new Varied("budget", 1, 0.2))))
            .toList());
  }

  private record World(double steepness, double limit) {

    TrialFigures figures(int line, double strength) {
      NamedPolicy policy = space().lines().get(line).at(strength);
      double loss = Math.pow(strength, 1 + line * steepness);
      double cost = 1 - strength * (1 - COST_AT_STRONGEST.get(line));
      return new TrialFigures(
          policy.name(), Estimate.NONE.plus(loss).plus(loss), 1 - loss, cost, cost);
    }

    TrialFigures figures(NamedPolicy policy) {
      int line = Integer.parseInt(policy.changes().get("first_layer"));
      double strength = (1 - Double.parseDouble(policy.changes().get("budget"))) / 0.8;
      return figures(line, strength);
    }

    Optional<TrialFigures> best() {
      return COST_AT_STRONGEST.keySet().stream()
          .flatMap(
              line ->
                  IntStream.range(1, GRID).mapToObj(step -> figures(line, (double) step / GRID)))
          .filter(figures -> figures.loss().mean() <= limit)
          .min((one, other) -> Double.compare(one.cost(), other.cost()));
    }
  }

  private static SettingsSearch searched(World world) {
    SettingsSearch search = new SettingsSearch(space(), world.limit());
    for (var asked = search.next(); !asked.isEmpty(); asked = search.next()) {
      Map<String, TrialFigures> found = new HashMap<>();
      asked.forEach(policy -> found.put(policy.name(), world.figures(policy)));
      search.add(found);
    }
    return search;
  }

  @Property(tries = 200)
  void theCheapestSettingsOfAllLinesAreFound(
      @ForAll @DoubleRange(min = 0, max = 2) double steepness,
      @ForAll @DoubleRange(min = 0.01, max = 2) double limit) {
    World world = new World(steepness, limit);
    SettingsSearch search = searched(world);

    assertThat(search.best().map(TrialFigures::policy))
        .isEqualTo(world.best().map(TrialFigures::policy));
  }
}
