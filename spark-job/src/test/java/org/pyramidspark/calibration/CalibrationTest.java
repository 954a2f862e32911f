package org.pyramidspark.calibration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;
import org.apache.hadoop.conf.Configuration;
import org.pyramidspark.cache.NamedPolicy;
import org.pyramidspark.calibration.SettingsLine.Varied;

/** Calibrations of a policy whose loss grows with what is cut, on rows of two kinds. */
class CalibrationTest {
  private Path folder;

  @BeforeTry
  void makeFolder() throws IOException {
    folder = Files.createTempDirectory("calibration");
  }

  @AfterTry
  void removeFolder() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static SearchSpace space() {
    return new SearchSpace(
        "snapkv",
        List.of(new SettingsLine("snapkv", Map.of(), List.of(new Varied("budget", 1, 0.1)))));
  }

  /** Rows to check on lose {@code harder} times as much as those to search on. */
  private record World(double harder) {

    double loss(NamedPolicy policy, boolean onCheckRows) {
      double budget = Double.parseDouble(policy.changes().get("budget"));
      double loss = 0.5 * Math.pow(1 - budget, 2);
      return onCheckRows ? harder * loss : loss;
    }

    RowTrial trial(NamedPolicy policy, boolean onCheckRows) {
      double budget = Double.parseDouble(policy.changes().get("budget"));
      return new RowTrial(
          onCheckRows ? "b" : "a", policy.name(), 8, loss(policy, onCheckRows), 1, 1, budget);
    }
  }

  private Calibration calibration(double limit) {
    Configuration hadoop = new Configuration();
    return new Calibration(
        CalibrationFolder.open(folder.resolve("trials").toString(), Map.of(), hadoop),
        space(),
        limit);
  }

  @Property(tries = 100)
  void whatIsFoundHoldsTheLimitOnBothKindsOfRows(
      @ForAll @DoubleRange(min = 0.01, max = 0.3) double limit,
      @ForAll @DoubleRange(min = 0.2, max = 3) double harder)
      throws IOException {
    World world = new World(harder);
    Set<String> searched = new HashSet<>();
    Optional<NamedPolicy> found =
        calibration(limit)
            .run(
                (round, policies, onCheckRows) ->
                    policies.stream()
                        .peek(
                            policy ->
                                assertThat(onCheckRows || searched.add(policy.name()))
                                    .as("%s is tried once", policy.name())
                                    .isTrue())
                        .map(policy -> world.trial(policy, onCheckRows))
                        .toList());

    // A sixteenth of the line is the mildest that is tried: it may be too strong already.
    double mildest = world.loss(NamedPolicy.parse("snapkv:budget=0.944"), false);
    if (mildest * Math.max(1, harder) <= limit * 0.9) {
      assertThat(found).isPresent();
    }
    found.ifPresent(
        policy -> {
          assertThat(world.loss(policy, false)).isLessThanOrEqualTo(limit);
          assertThat(world.loss(policy, true)).isLessThanOrEqualTo(limit);
        });
  }

  @Property(tries = 20)
  void oneThatWasStoppedGoesOnWithTheTrialsThatItHas(
      @ForAll @DoubleRange(min = 1, max = 3) double harder) throws IOException {
    World world = new World(harder);
    Optional<NamedPolicy> first =
        calibration(0.05)
            .run((round, policies, onCheckRows) -> trials(world, policies, onCheckRows));
    List<String> again = new ArrayList<>();
    Optional<NamedPolicy> second =
        calibration(0.05)
            .run(
                (round, policies, onCheckRows) -> {
                  again.add(round);
                  return trials(world, policies, onCheckRows);
                });

    assertThat(second.map(NamedPolicy::name)).isEqualTo(first.map(NamedPolicy::name));
    assertThat(again).isEmpty();
  }

  private static List<RowTrial> trials(
      World world, List<NamedPolicy> policies, boolean onCheckRows) {
    return policies.stream().map(policy -> world.trial(policy, onCheckRows)).toList();
  }
}
