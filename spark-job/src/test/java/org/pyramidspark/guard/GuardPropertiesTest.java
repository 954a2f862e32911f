package org.pyramidspark.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pyramidspark.cache.Policies;

/** Whatever rows lose: when a guard decides, and how often it is wrong. */
class GuardPropertiesTest {
  private static final double LIMIT = 0.05;
  private static final int RUNS = 1000;

  /** How losses of a mean of 1 may be spread. */
  private enum Spread {
    EVEN(random -> 0.5 + random.nextDouble()),
    NORMAL(random -> Math.max(0, random.nextGaussian(1, 0.3))),
    EXPONENTIAL(random -> -Math.log(1 - random.nextDouble())),
    LOG_NORMAL(random -> Math.exp(random.nextGaussian(-0.32, 0.8)));

    private final ToDoubleFunction<RandomGenerator> draw;

    Spread(ToDoubleFunction<RandomGenerator> draw) {
      this.draw = draw;
    }

    DoubleStream losses(long seed, double mean) {
      RandomGenerator random = new SplittableRandom(seed);
      return DoubleStream.generate(() -> mean * draw.applyAsDouble(random));
    }
  }

  /** Rows that begin until the first decision, or 0 if there is none. */
  private static int rowsUntilRelaxed(double limit, double share, int rows, DoubleStream losses) {
    QualityGuard guard =
        new QualityGuard(
            new GuardSettings(limit, share, 32, 7), Policies.of("snapkv", Map.of("budget", "0.1")));
    Iterator<Double> next = losses.iterator();
    for (int i = 1; i <= rows; i++) {
      String id = "row " + i;
      QualityGuard.Begun row = begin(guard, id);
      if (row.tried() && guard.add(row.level(), id, next.next()).isPresent()) {
        return i;
      }
    }
    return 0;
  }

  private static QualityGuard.Begun begin(QualityGuard guard, String id) {
    try {
      return guard.begin(id);
    } catch (InterruptedException unexpected) {
      throw new AssertionError(unexpected);
    }
  }

  @Property
  void settingsUnderWhichAllRowsLoseFarTooMuchAreCaughtAtTheFourthRow(
      @ForAll @DoubleRange(min = 0.01, max = 2) double limit,
      @ForAll @DoubleRange(min = 3, max = 1e4) double excess,
      @ForAll @Size(4) List<@DoubleRange(min = 0.8, max = 1.2) Double> losses) {
    assertThat(
            rowsUntilRelaxed(
                limit, 0.02, 20, losses.stream().mapToDouble(loss -> limit * excess * loss)))
        .isEqualTo(4);
  }

  @Property
  void settingsUnderWhichNoRowLosesMoreThanTheLimitAreLeftAlone(
      @ForAll @DoubleRange(min = 0.01, max = 2) double limit,
      @ForAll @Size(min = 1, max = 200) List<@DoubleRange(min = 0, max = 1) Double> losses) {
    assertThat(
            rowsUntilRelaxed(
                limit, 1, losses.size(), losses.stream().mapToDouble(loss -> limit * loss)))
        .isZero();
  }

  @ParameterizedTest
  @EnumSource(Spread.class)
  void aLossOfTenTimesTheLimitIsCaughtWithinTwentyRows(Spread spread) {
    assertThat(shareRelaxed(spread, 10 * LIMIT, 20)).isGreaterThan(0.99);
  }

  @ParameterizedTest
  @EnumSource(Spread.class)
  void aLossOfHalfTheLimitIsAlmostNeverTakenForMore(Spread spread) {
    assertThat(shareRelaxed(spread, 0.5 * LIMIT, 300)).isLessThan(0.005);
  }

  /** However often the guard looks: a loss at the limit is neither right nor wrong. */
  @ParameterizedTest
  @EnumSource(Spread.class)
  void aLossOfTheLimitIsSeldomTakenForMore(Spread spread) {
    assertThat(shareRelaxed(spread, LIMIT, 300)).isLessThan(0.2);
  }

  /** With every row tried. */
  private static double shareRelaxed(Spread spread, double mean, int rows) {
    return IntStream.range(0, RUNS)
            .filter(run -> rowsUntilRelaxed(LIMIT, 1, rows, spread.losses(run, mean)) > 0)
            .count()
        / (double) RUNS;
  }
}
