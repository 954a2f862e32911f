package org.pyramidspark.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.pyramidspark.cache.CachePolicy;
import org.pyramidspark.cache.Policies;
import org.pyramidspark.errors.InvalidInputException;

class QualityGuardTest {
  static final Iterable<String> NAMES = Policies.NAMES;
  private static final double LIMIT = 0.05;
  private static final double SHARE = 0.02;

  private static QualityGuard guard(CachePolicy policy) {
    return new QualityGuard(new GuardSettings(LIMIT, SHARE, 32, 7), policy);
  }

  private static CachePolicy tenth() {
    return Policies.of("snapkv", Map.of("budget", "0.1"));
  }

  /** Runs rows of which each loses what its level says, give or take half. */
  private static long run(QualityGuard guard, int rows, double[] lossOfLevels) {
    Random random = new Random(3);
    long sampled = 0;
    for (int row = 0; row < rows; row++) {
      if (guard.samples("row " + row)) {
        sampled++;
        QualityGuard.Level tried = guard.level();
        double loss = lossOfLevels[Math.min(tried.number(), lossOfLevels.length - 1)];
        guard.add(tried, loss * (0.5 + random.nextDouble()));
      }
      guard.begin();
    }
    return sampled;
  }

  @Test
  void absurdSettingsAreRelaxedWithinTwentyRows() {
    QualityGuard guard = guard(tenth());
    run(guard, 20, new double[] {1.5, 0.3, 0.01});

    assertThat(guard.level().number()).isEqualTo(2);
    assertThat(guard.decisions())
        .hasSize(2)
        .allSatisfy(decision -> assertThat(decision.low()).isGreaterThan(LIMIT))
        .extracting(GuardDecision::level)
        .containsExactly(1, 2);
    assertThat(guard.decisions().getFirst().settings()).containsEntry("budget", 0.55);
  }

  @ParameterizedTest
  @CsvSource({"0.001", "0.02", "0.045"})
  void mildSettingsAreLeftAlone(double loss) {
    QualityGuard guard = guard(tenth());
    run(guard, 2_000, new double[] {loss});

    assertThat(guard.decisions()).isEmpty();
    assertThat(guard.estimate().mean()).isCloseTo(loss, within(0.2 * loss));
  }

  @Test
  void aShareOfTheRowsIsTriedAfterTheFirst() {
    int rows = 10_000;
    long sampled = run(guard(tenth()), rows, new double[] {0.001});

    // Five standard deviations of a binomial count.
    double deviation = Math.sqrt(rows * SHARE * (1 - SHARE));
    assertThat((double) sampled).isCloseTo(rows * SHARE, within(5 * deviation + 4));
  }

  @Test
  void theSameRowsAreTriedInEveryRun() {
    assertThat(run(guard(tenth()), 500, new double[] {0.001}))
        .isEqualTo(run(guard(tenth()), 500, new double[] {0.001}));
  }

  @Test
  void theFullCacheIsNeverTried() {
    QualityGuard guard = guard(Policies.of("full", Map.of()));
    assertThat(run(guard, 100, new double[] {9})).isZero();
  }

  @Test
  void withoutALimitNothingIsTried() {
    QualityGuard guard = new QualityGuard(GuardSettings.OFF, tenth());
    assertThat(run(guard, 100, new double[] {9})).isZero();
  }

  @Test
  void whatWasTriedUnderEarlierSettingsDoesNotCount() {
    QualityGuard guard = guard(tenth());
    QualityGuard.Level first = guard.level();
    run(guard, 6, new double[] {1.5});
    assertThat(guard.level().number()).isPositive();
    long rows = guard.estimate().rows();
    guard.samples("late");
    guard.add(first, 100);
    assertThat(guard.estimate().rows()).isEqualTo(rows);
  }

  /** However bad it is, in the end nothing is compressed. */
  @ParameterizedTest
  @FieldSource("NAMES")
  void relaxingEndsWithTheFullCache(String name) {
    CachePolicy policy = Policies.of(name, Map.of());
    for (int i = 0; i < 30; i++) {
      policy = policy.relaxed();
    }
    assertThat(policy.name()).isEqualTo("full");
  }

  @Test
  void intervalsAreStudents() {
    Estimate estimate = Estimate.NONE.plus(1).plus(2).plus(Estimate.NONE.plus(3).plus(4));
    assertThat(estimate.mean()).isEqualTo(2.5);
    // t with 3 degrees of freedom is 3.182446, the standard deviation sqrt(5/3).
    assertThat(estimate.halfWidth()).isCloseTo(3.182446 * Math.sqrt(5.0 / 3 / 4), within(1e-5));
    assertThat(Estimate.NONE.plus(1).halfWidth()).isInfinite();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0.1, 8, --guard",
    "-1, 0.1, 8, --guard",
    "NaN, 0.1, 8, --guard",
    "0.05, 0, 8, --guard-share",
    "0.05, 1.1, 8, --guard-share",
    "0.05, 0.1, 0, --guard-tokens"
  })
  void badSettingsAreRefused(double limit, double share, int tokens, String option) {
    assertThatThrownBy(() -> new GuardSettings(limit, share, tokens, 0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(option);
  }
}
