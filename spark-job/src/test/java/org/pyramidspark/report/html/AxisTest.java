package org.pyramidspark.report.html;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pyramidspark.report.html.Axis.Tick;

class AxisTest {

  @Test
  void ticksStandAtRoundNumbersAroundTheValues() {
    Axis axis = Axis.holding("KL", 0.013, 0.161, value -> "%.2f".formatted(value));

    assertThat(axis.ticks())
        .extracting(Tick::text)
        .containsExactly("0.00", "0.05", "0.10", "0.15", "0.20");
    assertThat(axis.at(0.1)).isCloseTo(0.5, within(1e-12));
  }

  @Test
  void everyRangeHasAFewTicksAndHoldsItsValues() {
    Random random = new Random(4);
    for (int i = 0; i < 10_000; i++) {
      double low = (random.nextDouble() - 0.3) * Math.pow(10, random.nextInt(-6, 9));
      double high = low + random.nextDouble() * Math.pow(10, random.nextInt(-6, 9));
      Axis axis = Axis.holding("any", low, high, String::valueOf);
      assertThat(axis.ticks()).as("%s to %s", low, high).hasSizeBetween(2, 8);
      assertThat(axis.at(low)).isBetween(-1e-6, 1 + 1e-6);
      assertThat(axis.at(high)).isBetween(-1e-6, 1 + 1e-6);
    }
  }

  @Test
  void oneValueHasAnAxisToo() {
    for (double only : new double[] {0, 1, -7, 1e-9, 1e12}) {
      Axis axis = Axis.holding("one", only, only, String::valueOf);
      assertThat(axis.at(only)).isBetween(0.0, 1.0);
    }
  }

  @Test
  void percentsGoFromNothingToAll() {
    Axis axis = Axis.percent("Kept");
    assertThat(axis.ticks()).extracting(Tick::text).startsWith("0 %").endsWith("100 %").hasSize(5);
    assertThat(axis.at(0.3)).isEqualTo(0.3);
  }

  @Test
  void anAxisWithoutLengthIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Axis("none", 1, 1, List.of(), Axis.Scale.LINEAR));
  }

  @Test
  void aLogarithmicAxisHoldsItsValuesAndPutsLessAtItsBeginning() {
    Random random = new Random(4);
    for (int run = 0; run < 500; run++) {
      double low = Math.pow(10, 6 * random.nextDouble() - 3);
      double high = low * Math.pow(10, 3 * random.nextDouble());
      Axis axis = Axis.logarithmic("KL", low, high, Double::toString);
      assertThat(axis.from()).isLessThanOrEqualTo(low * (1 + 1e-6)).isGreaterThan(low / 10.001);
      assertThat(axis.to()).isGreaterThanOrEqualTo(high * (1 - 1e-6));
      assertThat(axis.at(low)).isBetween(0.0, 1.0 + 1e-9);
      assertThat(axis.at(high)).isBetween(axis.at(low), 1.0 + 1e-9);
      assertThat(axis.at(0)).isZero();
      assertThat(axis.at(axis.from() / 2)).isZero();
      assertThat(axis.ticks()).hasSizeBetween(4, 15).extracting(Axis.Tick::value).isSorted();
      assertThat(axis.ticks().getFirst().text()).startsWith("≤ ");
    }
    assertThat(Axis.logarithmic("KL", 0.001, 0.2, Double::toString).ticks())
        .extracting(Axis.Tick::text)
        .containsExactly("≤ 0.001", "0.002", "0.005", "0.01", "0.02", "0.05", "0.1", "0.2");
    assertThat(Axis.logarithmic("KL", 0.01, 1, Double::toString).at(0.1))
        .isCloseTo(0.5, within(1e-12));
  }
}
